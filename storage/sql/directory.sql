-- The directory as the office keeps it. A row that left the workbook is withdrawn, not deleted.

-- name: version()
SELECT version FROM directory_version WHERE id = 1;

-- name: bump_version(now_at)
INSERT INTO directory_version (id, version, changed_at)
VALUES (1, 1, :now_at)
ON CONFLICT (id) DO UPDATE
SET version = directory_version.version + 1, changed_at = excluded.changed_at
RETURNING version;

-- name: centres(is_all)
SELECT
    id, district, position, name, subdistrict, community, kind, status, opened_on, address,
    latitude, longitude, phone, hours_text, accessibility, transport, note, row_hash,
    updated_on, withdrawn_at, population
FROM centre
WHERE withdrawn_at IS NULL OR CAST(:is_all AS BOOLEAN)
ORDER BY position, id;

-- name: put_centres(id, district, position, name, subdistrict, community, kind, status, opened_on, address, latitude, longitude, phone, hours_text, accessibility, transport, note, row_hash, updated_on, withdrawn_at, population)
INSERT INTO centre (
    id, district, position, name, subdistrict, community, kind, status, opened_on, address,
    latitude, longitude, phone, hours_text, accessibility, transport, note, row_hash,
    updated_on, withdrawn_at, population
) VALUES (
    :id, :district, :position, :name, :subdistrict, :community, :kind, :status, :opened_on,
    :address, :latitude, :longitude, :phone, :hours_text, :accessibility, :transport, :note,
    :row_hash, :updated_on, :withdrawn_at, :population
)
ON CONFLICT (id) DO UPDATE SET
    district = excluded.district, position = excluded.position, name = excluded.name,
    subdistrict = excluded.subdistrict, community = excluded.community,
    kind = excluded.kind, status = excluded.status, opened_on = excluded.opened_on,
    address = excluded.address, latitude = excluded.latitude,
    longitude = excluded.longitude, phone = excluded.phone,
    hours_text = excluded.hours_text, accessibility = excluded.accessibility,
    transport = excluded.transport, note = excluded.note, row_hash = excluded.row_hash,
    updated_on = excluded.updated_on, withdrawn_at = excluded.withdrawn_at,
    population = excluded.population;

-- name: withdraw_centres(id, withdrawn_at)
UPDATE centre SET withdrawn_at = :withdrawn_at WHERE id = :id AND withdrawn_at IS NULL;

-- name: centre_keys(district)
SELECT id, row_hash, withdrawn_at IS NOT NULL AS is_withdrawn
FROM centre
WHERE district = :district;

-- name: services(is_all)
SELECT
    id, centre_id, position, name, category, hours_text, fee, audience, bring, how, words,
    note, row_hash, updated_on, withdrawn_at
FROM service
WHERE withdrawn_at IS NULL OR CAST(:is_all AS BOOLEAN)
ORDER BY position, id;

-- name: put_services(id, centre_id, position, name, category, hours_text, fee, audience, bring, how, words, note, row_hash, updated_on, withdrawn_at)
INSERT INTO service (
    id, centre_id, position, name, category, hours_text, fee, audience, bring, how, words,
    note, row_hash, updated_on, withdrawn_at
) VALUES (
    :id, :centre_id, :position, :name, :category, :hours_text, :fee, :audience, :bring,
    :how, :words, :note, :row_hash, :updated_on, :withdrawn_at
)
ON CONFLICT (id) DO UPDATE SET
    centre_id = excluded.centre_id, position = excluded.position, name = excluded.name,
    category = excluded.category, hours_text = excluded.hours_text, fee = excluded.fee,
    audience = excluded.audience, bring = excluded.bring, how = excluded.how,
    words = excluded.words, note = excluded.note, row_hash = excluded.row_hash,
    updated_on = excluded.updated_on, withdrawn_at = excluded.withdrawn_at;

-- name: withdraw_services(id, withdrawn_at)
UPDATE service SET withdrawn_at = :withdrawn_at WHERE id = :id AND withdrawn_at IS NULL;

-- name: service_keys(district)
SELECT r.id, r.row_hash, r.withdrawn_at IS NOT NULL AS is_withdrawn
FROM service AS r
INNER JOIN centre AS c ON c.id = r.centre_id
WHERE c.district = :district;

-- name: activities(is_all)
SELECT
    id, centre_id, position, name, category, time_text, starts_on, ends_on, places,
    audience, fee, room, teacher, opens_text, cancel_text, note, row_hash, updated_on,
    withdrawn_at
FROM activity
WHERE withdrawn_at IS NULL OR CAST(:is_all AS BOOLEAN)
ORDER BY position, id;

-- name: put_activities(id, centre_id, position, name, category, time_text, starts_on, ends_on, places, audience, fee, room, teacher, opens_text, cancel_text, note, row_hash, updated_on, withdrawn_at)
INSERT INTO activity (
    id, centre_id, position, name, category, time_text, starts_on, ends_on, places,
    audience, fee, room, teacher, opens_text, cancel_text, note, row_hash, updated_on,
    withdrawn_at
) VALUES (
    :id, :centre_id, :position, :name, :category, :time_text, :starts_on, :ends_on, :places,
    :audience, :fee, :room, :teacher, :opens_text, :cancel_text, :note, :row_hash,
    :updated_on, :withdrawn_at
)
ON CONFLICT (id) DO UPDATE SET
    centre_id = excluded.centre_id, position = excluded.position, name = excluded.name,
    category = excluded.category, time_text = excluded.time_text,
    starts_on = excluded.starts_on, ends_on = excluded.ends_on, places = excluded.places,
    audience = excluded.audience, fee = excluded.fee, room = excluded.room,
    teacher = excluded.teacher, opens_text = excluded.opens_text,
    cancel_text = excluded.cancel_text, note = excluded.note, row_hash = excluded.row_hash,
    updated_on = excluded.updated_on, withdrawn_at = excluded.withdrawn_at;

-- name: withdraw_activities(id, withdrawn_at)
UPDATE activity SET withdrawn_at = :withdrawn_at WHERE id = :id AND withdrawn_at IS NULL;

-- name: activity_keys(district)
SELECT r.id, r.row_hash, r.withdrawn_at IS NOT NULL AS is_withdrawn
FROM activity AS r
INNER JOIN centre AS c ON c.id = r.centre_id
WHERE c.district = :district;

-- name: kiosks(is_all)
SELECT
    id, centre_id, position, name, location, hours_text, can_do, row_hash, updated_on,
    withdrawn_at
FROM kiosk
WHERE withdrawn_at IS NULL OR CAST(:is_all AS BOOLEAN)
ORDER BY position, id;

-- name: put_kiosks(id, centre_id, position, name, location, hours_text, can_do, row_hash, updated_on, withdrawn_at)
INSERT INTO kiosk (
    id, centre_id, position, name, location, hours_text, can_do, row_hash, updated_on,
    withdrawn_at
) VALUES (
    :id, :centre_id, :position, :name, :location, :hours_text, :can_do, :row_hash,
    :updated_on, :withdrawn_at
)
ON CONFLICT (id) DO UPDATE SET
    centre_id = excluded.centre_id, position = excluded.position, name = excluded.name,
    location = excluded.location, hours_text = excluded.hours_text,
    can_do = excluded.can_do, row_hash = excluded.row_hash,
    updated_on = excluded.updated_on, withdrawn_at = excluded.withdrawn_at;

-- name: withdraw_kiosks(id, withdrawn_at)
UPDATE kiosk SET withdrawn_at = :withdrawn_at WHERE id = :id AND withdrawn_at IS NULL;

-- name: kiosk_keys(district)
SELECT r.id, r.row_hash, r.withdrawn_at IS NOT NULL AS is_withdrawn
FROM kiosk AS r
INNER JOIN centre AS c ON c.id = r.centre_id
WHERE c.district = :district;

-- Frees the name of a service within its centre before another service takes it.
-- name: free_service_name(id, withdrawn_at)
UPDATE service SET withdrawn_at = :withdrawn_at WHERE id = :id AND withdrawn_at IS NULL;
