-- 0017-usual.sql: what was usual by a minute, kept while that minute lasts
--
-- Four days of punches are counted for it, which many who open the page in the
-- same minute need not do again.
CREATE TABLE trn_usual_counts (
  usu_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  usu_branch_key BIGINT UNSIGNED NOT NULL,      -- 0: all branches
  usu_time DATETIME NOT NULL,                   -- the minute, by the branch's wall clock
  usu_days TINYINT UNSIGNED NOT NULL,           -- of which it is the mean
  usu_mean INT UNSIGNED NOT NULL,
  PRIMARY KEY (usu_compcode, usu_branch_key),
  CONSTRAINT usu_company FOREIGN KEY (usu_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
