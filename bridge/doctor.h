/* doctor.h: finds out why a terminal cannot be read */
#ifndef DOCTOR_H
#define DOCTOR_H
int doctor_run(const char *host, const char *config);
#endif
