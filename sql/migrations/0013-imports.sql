-- 0013-imports.sql: files of members, subscriptions and numbers, on their way in
--
-- The bytes go when they are imported, or a day later (imp_drop_at).  A worker
-- that imports says so again and again (imp_beat_at); one that has fallen
-- silent has written nothing, and imp_attempt tells it from the next.
CREATE TABLE trn_imports (
  imp_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  imp_kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  imp_file VARCHAR(120) NOT NULL,               -- as its sender calls it
  imp_bytes MEDIUMBLOB NULL,
  imp_size INT UNSIGNED NOT NULL,
  imp_lines INT UNSIGNED NOT NULL,
  imp_state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'CHECKED',
  imp_attempt INT UNSIGNED NOT NULL DEFAULT 0,
  imp_done INT UNSIGNED NOT NULL DEFAULT 0,     -- lines of this attempt
  imp_beat_at DATETIME(3) NULL,
  imp_new INT UNSIGNED NULL,                    -- once DONE, as the next two
  imp_changed INT UNSIGNED NULL,
  imp_unchanged INT UNSIGNED NULL,
  imp_user_id BIGINT UNSIGNED NULL,
  imp_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  imp_created_at DATETIME(3) NOT NULL,
  imp_ended_at DATETIME(3) NULL,
  imp_drop_at DATETIME(3) NULL,                 -- NULL: the bytes are gone
  PRIMARY KEY (imp_compcode, id),
  KEY imp_id (id),
  UNIQUE KEY imp_nonce (imp_compcode, imp_nonce),
  KEY imp_state (imp_compcode, imp_state, imp_beat_at),
  KEY imp_drop (imp_drop_at),
  CONSTRAINT imp_company FOREIGN KEY (imp_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT imp_known CHECK (imp_kind IN ('members', 'subscriptions', 'mappings')
    AND imp_state IN ('CHECKED', 'RUNNING', 'DONE', 'FAILED', 'TROUBLE', 'DROPPED'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
