/* doctor.c: finds out why a terminal cannot be read */
#include "doctor.h"
int doctor_run(const char *host, const char *config) { (void)host; (void)config; return 1; }
