-- 0023-words-again.sql: a member who says again what holds already
--
-- One who writes STOP a hundred times is one row, and the audit's one line: how
-- often it was said after that, and when last, for what is older does not hold.
ALTER TABLE trn_member_consents
  ADD COLUMN cns_again_count INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN cns_again_at DATETIME(3) NULL;
