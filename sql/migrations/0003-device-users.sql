-- 0003-device-users.sql: whom a terminal knows, as its bridge told last
--
-- Names as somebody typed them at the terminal: they help to find out whose a
-- number is.  Replaced as a whole, so there is nothing that an id would name.
CREATE TABLE trn_device_users (
  dvu_compcode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvu_device_sn VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvu_user_id VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  dvu_name VARCHAR(24) NOT NULL,
  dvu_privilege TINYINT UNSIGNED NOT NULL,      -- as the terminal has it; 0: an ordinary user
  dvu_is_enabled TINYINT NOT NULL,
  PRIMARY KEY (dvu_compcode, dvu_device_sn, dvu_user_id),
  CONSTRAINT dvu_company FOREIGN KEY (dvu_compcode)
    REFERENCES mst_companies (cmp_compcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
