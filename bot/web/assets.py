"""The page's own style, script and icon, under URLs that change with their content."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.headers import KEPT_FOR_EVER

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    kind: str


class Assets:
    """Every file of the folder, read once at start."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._served: dict[str, _Asset] = {}
        self._urls: dict[str, str] = {}
        for file in sorted(folder.iterdir()):
            content = file.read_bytes()
            name = f"{file.stem}.{sha256(content).hexdigest()[:16]}{file.suffix}"
            self._served[name] = _Asset(content, KINDS[file.suffix])
            self._urls[file.name] = f"/static/{name}"

    def url(self, name: str) -> str:
        """Where `name` is found as it is now."""
        return self._urls[name]

    def urls(self, *names: str) -> tuple[str, ...]:
        return tuple(map(self.url, names))

    async def serve(self, request: Request) -> Response:
        asset = self._served.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, media_type=asset.kind, headers=KEPT_FOR_EVER)
