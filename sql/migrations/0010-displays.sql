-- 0010-displays.sql: screens at the front desk, each with a token of its own
--
-- A display is paired by a code that an owner reads out: it holds for minutes
-- and once.  What the screen keeps then is random; only hashes stand here.  A
-- code is short enough to be found from its hash, but not before it ends.
CREATE TABLE mst_displays (
  dsp_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  dsp_branch_id BIGINT UNSIGNED NULL,           -- NULL: all branches
  dsp_label VARCHAR(120) NOT NULL,
  dsp_short_names TINYINT NOT NULL DEFAULT 0,   -- "Asha P.", and nothing longer
  dsp_sound TINYINT NOT NULL DEFAULT 0,
  dsp_code_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  dsp_code_to_at DATETIME(3) NULL,
  dsp_token_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  dsp_created_at DATETIME(3) NOT NULL,
  dsp_paired_at DATETIME(3) NULL,
  dsp_seen_at DATETIME(3) NULL,                 -- at most one write a minute
  dsp_revoked_at DATETIME(3) NULL,
  dsp_version INT UNSIGNED NOT NULL DEFAULT 1,
  dsp_nonce CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (dsp_compcode, id),
  KEY dsp_id (id),
  UNIQUE KEY dsp_code (dsp_code_hash),
  UNIQUE KEY dsp_token (dsp_token_hash),
  UNIQUE KEY dsp_nonce (dsp_compcode, dsp_nonce),
  CONSTRAINT dsp_company FOREIGN KEY (dsp_compcode)
    REFERENCES mst_companies (cmp_compcode),
  CONSTRAINT dsp_branch FOREIGN KEY (dsp_compcode, dsp_branch_id)
    REFERENCES mst_branches (brn_compcode, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
