/* What the servers have in common: options, one pinned thread and one listener for each CPU, the end. */
#ifndef FLOOR_FLOOR_H
#define FLOOR_FLOOR_H

#include <stdnoreturn.h>

/* How long a listener rests when the limit of open files is reached: trying on would use up a CPU. */
#define ACCEPT_PAUSE_MILLIS 250

/* Serves one listener. Calls floor_ready when it can, and does not return. */
typedef void serve_function(int listener);

/* Runs the server of that name until SIGTERM or SIGINT. */
int floor_main(int argc, char **argv, const char *name, serve_function *serve);

/* Said by each thread once; when all have, the program says that it listens. */
void floor_ready(void);

/* Ends the program: says what failed and why, by errno. */
noreturn void floor_fail(const char *what);

#endif
