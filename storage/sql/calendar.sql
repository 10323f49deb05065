-- name: years()
SELECT year, source FROM calendar_year ORDER BY year;

-- name: days()
SELECT day_on, kind, holiday, source FROM calendar_day ORDER BY day_on;

-- name: terms()
SELECT id, name, starts_on, ends_on, source, is_invented FROM school_term ORDER BY starts_on, id;

-- The days of a year, and those that its notice sets in the years beside it. Days that another year's
-- notice has set stay. A source that several years share tells nothing, then the date alone decides.
-- name: clear_year(year, first_on, last_on)
DELETE FROM calendar_day
WHERE
    (
        day_on BETWEEN :first_on AND :last_on
        AND (
            source IN (SELECT own.source FROM calendar_year AS own WHERE own.year = :year)
            OR source NOT IN (SELECT other.source FROM calendar_year AS other WHERE other.year <> :year)
        )
    )
    OR (
        source IN (SELECT own.source FROM calendar_year AS own WHERE own.year = :year)
        AND source NOT IN (SELECT other.source FROM calendar_year AS other WHERE other.year <> :year)
    );

-- name: put_year(year, source)
INSERT INTO calendar_year (year, source) VALUES (:year, :source)
ON CONFLICT (year) DO UPDATE SET source = excluded.source;

-- name: put_day(day_on, kind, holiday, source)
INSERT INTO calendar_day (day_on, kind, holiday, source) VALUES (:day_on, :kind, :holiday, :source)
ON CONFLICT (day_on) DO UPDATE SET
    kind = excluded.kind, holiday = excluded.holiday, source = excluded.source;

-- name: put_term(id, name, starts_on, ends_on, source, is_invented)
INSERT INTO school_term (id, name, starts_on, ends_on, source, is_invented)
VALUES (:id, :name, :starts_on, :ends_on, :source, :is_invented)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, starts_on = excluded.starts_on, ends_on = excluded.ends_on,
    source = excluded.source, is_invented = excluded.is_invented;
