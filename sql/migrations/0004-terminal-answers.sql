-- 0004-terminal-answers.sql: when a terminal answered, and what it has spoilt
--
-- A bridge that reports need not reach its terminal: dev_reached_at is when
-- the terminal answered it last, and so how old clock and log are; NULL: never,
-- or an older bridge, which does not tell.
ALTER TABLE mst_devices
  ADD COLUMN dev_reached_at DATETIME(3) NULL AFTER dev_seen_at,
  ADD COLUMN dev_set_aside INT UNSIGNED NULL AFTER dev_parked;  -- records of no use
