/* doctor.h: looks at one terminal, step by step, for who stands before it */
#ifndef DOCTOR_H
#define DOCTOR_H

/*
 * Goes from the terminal's name to its log and prints a line a step on
 * standard output; what fails is followed by what it means and what to do.
 * Writes nothing to the terminal and never disables it.
 *
 * `host` is the NAME of a section [terminal NAME], HOST or HOST:PORT; port,
 * comm key and serial number are those of the section that has this name or
 * address.  `config` may not exist: then all else is at its default.
 *
 * Returns the exit status: 0 all is well, 1 something is not, 2 `host` is
 * none.  Handles signals, so it is for a process that does nothing else.
 */
int doctor_run(const char *host, const char *config);

#endif
