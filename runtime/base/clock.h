/* clock.h — time that passes. */
#ifndef GD_RUNTIME_CLOCK_H
#define GD_RUNTIME_CLOCK_H

double clock_seconds(void); /* since some moment; it never goes back */

#endif
