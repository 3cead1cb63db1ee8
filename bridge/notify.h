/* notify.h: tells the service manager how we do; only it knows systemd */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

/* Each does nothing where no service manager waits for it: sd_notify(3). */
void notify_ready(const char *status);
void notify_stopping(void);

/* We live.  To be called at least every notify_watchdog_ms(). */
void notify_alive(void);
/* Half of the time after which it would be restarted; 0: nobody watches. */
int64_t notify_watchdog_ms(void);

#endif
