/* banned.h: calls that do not compile here; included by text.h */
#ifndef BANNED_H
#define BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gmtime
#undef localtime
#undef asctime
#undef ctime
#undef atoi
#undef atol
#undef atof

#define strcpy(a, b) banned_use_text_copy_not_strcpy
#define strcat(a, b) banned_use_struct_buf_not_strcat
#define strncpy(a, b, n) banned_use_text_copy_not_strncpy
#define strncat(a, b, n) banned_use_struct_buf_not_strncat
#define sprintf(...) banned_use_snprintf_not_sprintf
#define vsprintf(...) banned_use_vsnprintf_not_vsprintf
#define strtok(a, b) banned_use_strtok_r_not_strtok
#define gmtime(a) banned_use_clock_split_not_gmtime
#define localtime(a) banned_use_clock_local_not_localtime
#define asctime(a) banned_use_clock_format_not_asctime
#define ctime(a) banned_use_clock_format_not_ctime
#define atoi(a) banned_use_text_to_int_not_atoi
#define atol(a) banned_use_text_to_int_not_atol
#define atof(a) banned_there_are_no_floats_here

#endif
