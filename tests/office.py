"""The district's office at the desk for tests: files that are handed in, and what is said yes to."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from tests.clerk import Clerk
from tests.workbooks import Sheets

IMPORT = "/desk/area/import"


def book_of(sheets: Sheets) -> bytes:
    """A workbook as it is sent."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def bomb() -> bytes:
    """A small workbook that unpacks to more than is read of one that is handed in."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for number in range(4):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b" " * (30 << 20))
    return content.getvalue()


async def hand_in(clerk: Clerk, content: bytes, name: str = "book.xlsx", *, at: str = IMPORT) -> Clerk:
    """Send a file by the form of the page at `at`."""
    await clerk.open(at)
    csrf = clerk.form("退出").fields["csrf"]
    clerk.page = await clerk.visitor.http.post(
        f"{at}/hand-in", data={"csrf": csrf}, files={"file": (name, content)}, follow_redirects=True
    )
    return clerk
