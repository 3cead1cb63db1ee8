-- 0026-serial-numbers.sql: a serial number is a company's own
--
-- While it was unique over all companies, whoever typed in another's first kept
-- it from adding its terminal, and was told whether somebody has one.  A bridge
-- is known by its token; the serial only tells apart the terminals of a company.
ALTER TABLE mst_devices
  DROP KEY dev_open,
  DROP KEY dev_company,
  ADD UNIQUE KEY dev_open (dev_compcode, dev_open_sn);
