-- 0002-another-mac.sql: an address that a terminal has not had before
--
-- dev_mac is the one that the company has accepted, the first that was
-- reported.  Another that is reported later waits here for the owner's answer:
-- was the terminal repaired, or does something else use its serial?
ALTER TABLE mst_devices
  ADD COLUMN dev_mac_other VARCHAR(32) NULL AFTER dev_mac,
  ADD COLUMN dev_mac_other_at DATETIME(3) NULL AFTER dev_mac_other;
