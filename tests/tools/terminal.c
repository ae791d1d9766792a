/* terminal.c — drives gd through a pseudo-terminal, as a person would.
 *
 *   terminal GD SESSION...
 *
 * A session is a text of lines:
 *   $ ARGS           start gd with these arguments; first, and again after an end.  NAME=VALUE
 *                    before them sets a variable
 *   h                from here on gd is started in the folder that is HOME, whose files go at the
 * end > TEXT           wait for the prompt, then type TEXT and Return = KEYS           press these
 * keys as they are, after a line or ^C at the next prompt; \t \e \n \b (Backspace) \cX (Control and
 * X) stand for what cannot be written ^C  ^D           press these keys: ^D at the prompt, ^C at
 * once, or when the line typed before has been taken < TEXT           wait until TEXT appears,
 * after what was found before.  What is typed appears too: choose a TEXT that is not in it ! TEXT
 * TEXT must not have appeared since the last `<` c N              colours: N is 1, there were some
 * since the start; 0, there were none % ROWS COLUMNS   the window gets this size z gd is stopped,
 * the terminal is left as a shell would leave it, and gd goes on x                the terminal is
 * closed ? N              the end: gd must exit with status N by itself # …              a comment
 * Escape sequences that gd sends are left out before looking, and runs of blanks count as one, so
 * that repainting does not matter.  Nothing here waits for a time: only for what must come, and
 * WAIT_MOST is long enough for a machine that is busy with something else.  Prints one line a
 * session, then `N passed, N failed`.
 */
#include "tests/tools/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SEEN_MOST = 1 << 20, WAIT_MOST = 120, WORDS_MOST = 16 };

typedef struct Session {
  int terminal;   /* our end of the pseudo-terminal */
  pid_t pid;      /* gd; 0 before it is started and after it ended */
  char *seen;     /* what appeared, without escape sequences; owned */
  size_t length;  /* of seen */
  size_t from;    /* where the next `<` looks */
  size_t sent;    /* length when a line or a key was sent last */
  bool home;      /* gd is started in HOME */
  bool line_sent; /* it was a line */
  bool interrupt; /* it was ^C */
  /* where in an escape sequence we are: 0 outside, 1 after ESC, 2 in its parameters, 3 in a title
   */
  int escape;
  char first;  /* byte of its parameters */
  int colours; /* sequences that set one, since the start */
} Session;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void keep(Session *session, char byte) {
  if (byte == '\r') byte = ' ';
  if (byte == ' ' && session->length &&
      (session->seen[session->length - 1] == ' ' || session->seen[session->length - 1] == '\n'))
    return;
  if (session->length < SEEN_MOST - 1) session->seen[session->length++] = byte;
  session->seen[session->length] = 0;
}

static void take(Session *session, const char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    char byte = bytes[i];
    switch (session->escape) {
      case 0:
        if (byte == 27) session->escape = 1;
        else if (byte != 7 && byte != 8) keep(session, byte);
        break;
      case 1:
        session->first = 0;
        session->escape = byte == '[' ? 2 : byte == ']' ? 3 : 0;
        break;
      case 2:
        if (!session->first) session->first = byte;
        /* 30 to 49: a colour of the text or behind it */
        if (byte == 'm' && (session->first == '3' || session->first == '4')) session->colours++;
        if (byte >= 0x40) session->escape = 0;
        break;
      default:
        if (byte == 7 || byte == '\\') session->escape = 0;
        break;
    }
  }
}

/* Reads what is there, waiting at most so long; false at the end of the terminal. */
static bool listen_for(Session *session, double seconds) {
  struct pollfd poll_fd = {session->terminal, POLLIN, 0};
  if (poll(&poll_fd, 1, (int)(seconds * 1000)) <= 0) return true;
  char bytes[4096];
  ssize_t got = read(session->terminal, bytes, sizeof bytes);
  if (got <= 0) return got < 0 && errno == EINTR;
  take(session, bytes, (size_t)got);
  return true;
}

static void start(Session *session, const char *gd, char *arguments) {
  session->terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (session->terminal < 0 || grantpt(session->terminal) || unlockpt(session->terminal)) {
    perror("terminal: posix_openpt");
    exit(71);
  }
  session->pid = fork();
  if (session->pid) return;
  signal(SIGHUP, SIG_DFL); /* whatever the tests were started with */
  setsid();
  int inner = open(ptsname(session->terminal), O_RDWR);
  struct winsize size = {.ws_row = 24, .ws_col = 100};
  ioctl(inner, TIOCSWINSZ, &size);
  ioctl(inner, TIOCSCTTY, 0);
  for (int fd = 0; fd < 3; fd++) dup2(inner, fd);
  close(session->terminal);
  setenv("TERM", "xterm", 1);
  setenv("INPUTRC", "/dev/null", 1);
  if (session->home && chdir(getenv("HOME")) != 0) _exit(126);
  char *argv[WORDS_MOST] = {(char *)gd};
  int count = 1;
  for (char *word = strtok(arguments, " "); word && count < WORDS_MOST - 1;
       word = strtok(NULL, " ")) {
    if (count == 1 && strchr(word, '=')) putenv(word);
    else argv[count++] = word;
  }
  execv(gd, argv);
  _exit(127);
}

static bool send_keys(Session *session, const char *keys, size_t count) {
  session->sent = session->length;
  session->line_sent = keys[count - 1] == '\r';
  session->interrupt = keys[count - 1] == 3;
  return write(session->terminal, keys, count) == (ssize_t)count;
}

/* Has a line ended since the last sending, and is a prompt all that is on the new one?  It shows
 * twice where the size of the window changed as it appeared. */
static bool at_prompt(const Session *session) {
  const char *end = session->length ? strrchr(session->seen, '\n') : NULL;
  if (!end || end < session->seen + session->sent) return false;
  const char *at = end + 1;
  while ((*at == '>' || *at == '.') && at[1] == ' ') at += 2;
  return at > end + 1 && !*at;
}

static bool line_taken(const Session *session) {
  return strchr(session->seen + session->sent, '\n') != NULL;
}

static bool wait_until(Session *session, bool (*holds)(const Session *session)) {
  double deadline = now() + WAIT_MOST;
  while (!holds(session))
    if (now() > deadline || !listen_for(session, 0.05)) return holds(session);
  return true;
}

static bool type(Session *session, const char *text) {
  char line[1024];
  int length = snprintf(line, sizeof line, "%s\r", text);
  return wait_until(session, at_prompt) && send_keys(session, line, (size_t)length);
}

/* Gives a line editor two seconds to take the terminal out of canonical mode, in which an end of
 * input is lost when the mode changes. */
static void wait_raw(Session *session) {
  double deadline = now() + 2;
  struct termios settings;
  while (now() < deadline && tcgetattr(session->terminal, &settings) == 0 &&
         settings.c_lflag & ICANON)
    listen_for(session, 0.02);
}

static bool press(Session *session, const char *text) {
  static const char names[] = "ten\\b", bytes[] = "\t\x1b\r\\\x7f";
  char keys[1024];
  size_t count = 0;
  for (; *text && count < sizeof keys; text++) {
    const char *name = *text == '\\' && text[1] ? strchr(names, text[1]) : NULL;
    bool control = *text == '\\' && text[1] == 'c' && text[2];
    keys[count++] = name ? bytes[name - names] : control ? (char)(text[2] & 0x1f) : *text;
    text += name ? 1 : control ? 2 : 0;
  }
  return send_keys(session, keys, count);
}

static bool resize(Session *session, const char *text) {
  unsigned rows = 0, columns = 0;
  if (sscanf(text, "%u %u", &rows, &columns) != 2) return false;
  struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
  return ioctl(session->terminal, TIOCSWINSZ, &size) == 0;
}

/* What a shell does with a job that it stops and takes up again: its own settings of the terminal
 * are in force meanwhile. */
static bool stop_and_continue(Session *session) {
  struct termios settings;
  int status;
  if (kill(session->pid, SIGSTOP) || waitpid(session->pid, &status, WUNTRACED) != session->pid ||
      !WIFSTOPPED(status))
    return false;
  if (tcgetattr(session->terminal, &settings)) return false;
  settings.c_lflag |= ICANON | ECHO;
  settings.c_iflag |= ICRNL;
  return tcsetattr(session->terminal, TCSANOW, &settings) == 0 && kill(session->pid, SIGCONT) == 0;
}

static void hang_up(Session *session) {
  close(session->terminal);
  session->terminal = -1;
}

static bool wait_for(Session *session, const char *text) {
  double deadline = now() + WAIT_MOST;
  for (;;) {
    char *found = strstr(session->seen + session->from, text);
    if (found) {
      session->from = (size_t)(found - session->seen) + strlen(text);
      return true;
    }
    if (now() > deadline) return false;
    if (!listen_for(session, 0.05)) {
      found = strstr(session->seen + session->from, text);
      if (found) session->from = (size_t)(found - session->seen) + strlen(text);
      return found != NULL;
    }
  }
}

static int wait_end(Session *session) {
  double deadline = now() + WAIT_MOST;
  int status;
  while (waitpid(session->pid, &status, WNOHANG) == 0) {
    if (now() > deadline) return -1;
    if (session->terminal >= 0) listen_for(session, 0.02);
    else usleep(20000);
  }
  session->pid = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The last of what was seen. */
static const char *tail(const Session *session) {
  return session->seen + (session->length > 300 ? session->length - 300 : 0);
}

/* One line of a session; false, having said why, when it fails. */
static bool act(Session *session, const char *gd, char *line, char *why, size_t room) {
  char *text = line[0] && line[1] == ' ' ? line + 2 : line + 1;
  switch (line[0]) {
    case 0:
    case '#': return true;
    case '$':
      session->colours = 0;
      start(session, gd, text);
      session->from = session->sent = session->length;
      session->line_sent = true;
      return true;
    case '>':
      if (type(session, text)) return true;
      snprintf(why, room, "no prompt; last seen: %.300s", tail(session));
      return false;
    case '=': {
      bool prompts = session->line_sent || session->interrupt;
      if ((!prompts || wait_until(session, at_prompt)) && press(session, text)) return true;
      snprintf(why, room, "no prompt; last seen: %.300s", tail(session));
      return false;
    }
    case '^': {
      bool ends = line[1] == 'D';
      bool ready = ends ? wait_until(session, at_prompt)
                        : !session->line_sent || wait_until(session, line_taken);
      if (ready && ends) wait_raw(session);
      if (ready && send_keys(session, ends ? "\x04" : "\x03", 1)) return true;
      snprintf(why, room, "not ready; last seen: %.300s", tail(session));
      return false;
    }
    case 'h': session->home = true; return true;
    case '%': return resize(session, text);
    case 'z': return stop_and_continue(session);
    case 'x': return hang_up(session), true;
    case '<':
      if (wait_for(session, text)) return true;
      snprintf(why, room, "'%.400s' did not appear; last seen: %.300s", text, tail(session));
      return false;
    case '!':
      if (!strstr(session->seen + session->from, text)) return true;
      snprintf(why, room, "'%.400s' appeared", text);
      return false;
    case 'c':
      if ((session->colours > 0) == (atoi(text) != 0)) return true;
      snprintf(why, room, "%d colours were set", session->colours);
      return false;
    case '?': {
      int status = wait_end(session);
      if (status == atoi(text)) return true;
      snprintf(why, room, "ended with status %d, not %.20s", status, text);
      return false;
    }
    default: snprintf(why, room, "not a line of a session: %.400s", line); return false;
  }
}

static bool run(const char *gd, const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    return false;
  }
  Session session = {.terminal = -1, .seen = calloc(SEEN_MOST, 1)};
  char line[1024], why[1600] = "";
  int number = 0;
  bool fine = session.seen != NULL;
  while (fine && fgets(line, sizeof line, file)) {
    number++;
    strcpy(why, "cannot be done");
    line[strcspn(line, "\n")] = 0;
    fine = act(&session, gd, line, why, sizeof why);
  }
  fclose(file);
  if (session.pid > 0) {
    kill(session.pid, SIGKILL);
    waitpid(session.pid, NULL, 0);
  }
  if (session.terminal >= 0) close(session.terminal);
  free(session.seen);
  if (fine) printf("ok   %s\n", path);
  else printf("FAIL %s:%d  %s\n", path, number, why);
  return fine;
}

int main(int argc, char **argv) {
  char gd[PATH_MAX], home[SCRATCH_PATH];
  if (argc < 3 || !realpath(argv[1], gd)) {
    fputs("usage: terminal GD SESSION...\n", stderr);
    return 2;
  }
  if (!scratch_make(home, "terminal")) {
    perror("terminal");
    return 73;
  }
  setenv("HOME", home, 1); /* the history of a test is not the user's */
  int passed = 0, failed = 0;
  for (int i = 2; i < argc; i++) {
    if (run(gd, argv[i])) passed++;
    else failed++;
  }
  char command[PATH_MAX];
  snprintf(command, sizeof command, "rm -rf %s", home);
  if (system(command)) perror("terminal: rm");
  printf("sessions: %d passed, %d failed\n", passed, failed);
  return failed ? 1 : 0;
}
