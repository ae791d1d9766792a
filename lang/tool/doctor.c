/* doctor.c — see doctor.h.
 *
 * The script runs once, watched (health/health.h), to collect its verdicts and the losses of its
 * trainings.  Then the changes for each verdict (fix.h) are tried.  The changed text runs as a
 * program of its own, silent and without writing files, up to the training concerned and for some
 * steps of it.  The losses of the last quarter of those steps are compared with those of the
 * original script.  Seed and options are the same, so any difference comes from the change.
 *
 * The doctor recommends the change that did best, and shows it as lines.  If none did better, the
 * verdict has its general remedy, and lists the changes that did not help.
 *
 * All trials together make at most half as many steps as the script's trainings did, whatever the
 * number of verdicts.  Trials of rates (health/health_rate.c) are made only if there is nothing
 * else to try.  So a doctor takes at most as long as three runs.
 */
#include "lang/tool/doctor.h"

#include "lang/health/health_loop.h"
#include "lang/machine/signals.h"
#include "lang/text/output.h"
#include "lang/tool/fix.h"
#include "lang/tool/registry.h"
#include "runtime/files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TRIAL_LEAST = 12, TRIAL_BLOWN = 40, TRIAL_MOST = 600, LINES_SHOWN = 12 };

typedef struct Doctor {
  Session *session;
  Session page; /* the session again, but what is said goes to standard output: the findings */
  Clinic clinic;
  int64_t left;     /* steps that trials may still make */
  int verdicts;     /* that are still to be tried */
  bool written;     /* a mended script was */
  int unwritten;    /* the status, where it could not be */
  const char *path; /* of the script */
  const char *out;  /* borrowed, or NULL */
} Doctor;

/* What became of a verdict's changes. */
typedef struct Tried {
  Text mended, what; /* of the one that did better; owned */
  double loss, instead;
  int64_t steps;
  bool better;
  int which; /* of the changes */
  Text vain; /* what did no better; owned */
} Tried;

/* ---- trials ---- */

static void hear_nothing(void *context, const Diag *diag) { (void)context, (void)diag; }
static void say_nothing(void *context, const char *text, size_t length) {
  (void)context, (void)text, (void)length;
}
static void say_on_output(void *context, const char *text, size_t length) {
  (void)context;
  output_settle();
  fwrite(text, 1, length, stdout);
}

/* Runs a changed text up to so many steps of one training, whose course it leaves. */
static bool run_copy(const Doctor *doctor, const Text *text, int training, int64_t steps,
                     Clinic *clinic) {
  Vm *own = doctor->session->vm;
  Options options = own->options;
  options.quiet_progress = true;
  options.dump = 0;
  *clinic = (Clinic){.watched = training, .steps = steps};
  Session copy = {.vm = vm_new(&options, &REGISTRY), .say = say_nothing};
  copy.vm->stack_low = own->stack_low;
  copy.vm->files.silent = true;
  copy.vm->on_diag = hear_nothing;
  copy.vm->clinic = clinic;
  output_mute(true);
  signals_attach(copy.vm);
  session_text(&copy, doctor->path, text->data, text->length);
  health_loops_end(copy.vm);
  health_loops_free(clinic);
  signals_attach(own);
  output_mute(false);
  vm_free(copy.vm);
  return clinic->met && clinic->course_count == 1;
}

/* The mean of the last quarter of a course's first steps; infinite where it blew up. */
static double loss_of(const Course *course, int64_t steps) {
  if (course->blown || !course->count) return (double)INFINITY;
  if (steps > course->count) steps = course->count;
  int64_t from = steps - steps / 4 - 1;
  double sum = 0;
  for (int64_t i = from; i < steps; i++) sum += course->losses[i];
  return sum / (double)(steps - from);
}

/* Told only if a change does better. */
static bool is_unsure(const Finding *finding) {
  return finding->kind == FINDING_SUSPECT || finding->kind == FINDING_PENALTY;
}

/* The loss is in the end what it was at the start. */
static bool has_stayed(const Course *course) {
  return course->count &&
         fabs(loss_of(course, course->count) - loss_of(course, 4)) < 0.03 * fabs(course->losses[0]);
}

/* Of what is proved it is enough that the loss is no worse. */
static bool did_better(const Finding *finding, const Course *own, double loss, double instead) {
  if (!isfinite(loss)) return false;
  if (finding->kind == FINDING_WIDTH || finding->kind == FINDING_CLIPPED)
    return loss < instead + 0.02 * fabs(instead);
  bool rose = own->count && instead > own->losses[0]; /* nor is it enough to rise less */
  if (rose && isfinite(instead) && loss > own->losses[0] * 1.001) return false;
  double enough = is_unsure(finding) && !has_stayed(own) ? 0.3 : 0.05;
  if (isfinite(instead)) return loss < instead - enough * fabs(instead);
  return !own->count || loss < own->losses[0] * 1.001;
}

/* The steps of the trainings that come before this one: a copy makes them too. */
static int64_t steps_before(const Clinic *clinic, int training) {
  int64_t steps = 0;
  for (int i = 0; i + 1 < training && i < clinic->course_count; i++)
    steps += clinic->courses[i].count;
  return steps;
}

/* Of each of so many trials for one verdict; 0: none. */
static int64_t steps_for(const Doctor *doctor, const Finding *finding, int trials) {
  const Clinic *clinic = &doctor->clinic;
  if (finding->training > clinic->course_count || !trials) return 0;
  const Course *own = &clinic->courses[finding->training - 1];
  if (own->blown) return TRIAL_BLOWN;
  int64_t before = steps_before(clinic, finding->training),
          share = doctor->left / (doctor->verdicts > 0 ? doctor->verdicts : 1),
          steps = share / trials - before;
  if (steps > TRIAL_MOST) steps = TRIAL_MOST;
  if (own->count <= TRIAL_LEAST) return own->count; /* too short a run to be sparing */
  return steps < TRIAL_LEAST ? 0 : steps > own->count ? own->count : steps;
}

/* Tries one change; keeps it where it did better than the script, and clearly better than those
 * before it, which are the better advice. */
static void try_one(Doctor *doctor, const Finding *finding, int which, int64_t steps,
                    Tried *tried) {
  Text mended = {0}, what = {0};
  if (!fix_make(doctor->session->vm->sources, finding, which, &mended, &what)) return;
  Clinic clinic = {0};
  bool made = steps && !vm_asked() && run_copy(doctor, &mended, finding->training, steps, &clinic);
  const Course *own = &doctor->clinic.courses[finding->training - 1];
  double loss = made ? loss_of(&clinic.courses[0], steps) : (double)NAN,
         instead = made ? loss_of(own, steps) : (double)NAN;
  bool better = made && did_better(finding, own, loss, instead);
  if (steps) doctor->left -= steps + steps_before(&doctor->clinic, finding->training);
  if (made && !better) text_format(&tried->vain, "%s%s", tried->vain.length ? ", " : "", what.data);
  clinic_free(&clinic);
  if (better && !(tried->better && loss > tried->loss - 0.2 * fabs(tried->loss))) {
    Text other_mended = tried->mended, other_what = tried->what;
    *tried = (Tried){mended, what, loss, instead, steps, true, which, tried->vain};
    mended = other_mended;
    what = other_what;
  }
  text_free(&mended);
  text_free(&what);
}

/* What the training has tried itself, or what its losses cannot tell. */
static bool needs_no_trial(const Finding *finding) {
  return finding->kind == FINDING_RATE || finding->kind == FINDING_NOISE ||
         finding->kind == FINDING_OVERFIT;
}

static void try_all(Doctor *doctor, const Finding *finding, Tried *tried) {
  const Sources *sources = doctor->session->vm->sources;
  if (needs_no_trial(finding)) {
    tried->better = fix_make(sources, finding, 0, &tried->mended, &tried->what);
    return;
  }
  int fitting = 0;
  for (int which = 0; which < FIXES_MOST; which++) {
    Text mended = {0}, what = {0};
    fitting += fix_make(sources, finding, which, &mended, &what);
    text_free(&mended);
    text_free(&what);
  }
  int64_t steps = steps_for(doctor, finding, fitting);
  for (int which = 0; which < FIXES_MOST; which++) try_one(doctor, finding, which, steps, tried);
}

/* ---- telling ---- */

typedef struct TextLine {
  const char *at;
  int length;
} TextLine;

static bool next_line(const char **at, const char *end, TextLine *line) {
  if (*at >= end) return false;
  const char *stop = memchr(*at, '\n', (size_t)(end - *at));
  line->at = *at;
  line->length = (int)((stop ? stop : end) - *at);
  *at = stop ? stop + 1 : end;
  return true;
}

static void add_line(Text *text, bool color, uint32_t number, char sign, TextLine line) {
  const char *ink = !color ? "" : sign == '-' ? "\33[31m" : "\33[32m";
  text_format(text, "%s%4u %c %.*s%s\n", ink, number, sign, line.length, line.at,
              color ? "\33[0m" : "");
}

/* The lines that differ, as they were and as they are; a clause that was added is a line more. */
static void add_difference(Text *text, const Source *source, const Text *mended, bool color) {
  const char *old = source->text, *old_end = old + source->length, *new = mended->data,
             *new_end = new + mended->length;
  TextLine a = {0}, b = {0}, more = {0};
  int shown = 0;
  for (uint32_t number = 1; shown < LINES_SHOWN; number++) {
    bool has_old = next_line(&old, old_end, &a), has_new = next_line(&new, new_end, &b);
    if (!has_old && !has_new) return;
    if (has_old && has_new && a.length == b.length && !memcmp(a.at, b.at, (size_t)a.length))
      continue;
    const char *after = new;
    bool added = has_old && has_new && next_line(&after, new_end, &more) &&
                 more.length == a.length && !memcmp(more.at, a.at, (size_t)a.length);
    if (has_old && !added) add_line(text, color, number, '-', a);
    if (has_new) add_line(text, color, number, '+', b);
    if (added) new = after;
    shown++;
  }
  text_string(text, "     …\n");
}

static void write_mended(Doctor *doctor, const Tried *tried) {
  Diag diag = {0};
  if (!doctor->out || doctor->written) return;
  doctor->written = true;
  if (!file_write(&doctor->session->vm->files, doctor->out, tried->mended.data,
                  tried->mended.length, &diag)) {
    session_say(doctor->session, &diag);
    doctor->unwritten = diag.status;
  }
}

/* Which way the rate was wrong is known by what did better; changes are a lower and a higher one in
 * turns. */
static void word_suspect(Finding *finding, const Tried *tried) {
  char before[sizeof finding->diag.message];
  memcpy(before, finding->diag.message, sizeof before);
  char *gap = strstr(before, "%s");
  if (!gap) return;
  *gap = 0;
  text_print(finding->diag.message, sizeof finding->diag.message, "%.300s%s%.200s", before,
             tried->which % 2 ? "small" : "large", gap + 2);
}

static void tell(Doctor *doctor, Finding *finding, const Tried *tried) {
  Session *session = &doctor->page;
  Vm *vm = session->vm;
  if (is_unsure(finding) && !tried->better) {
    vm->findings--;
    return;
  }
  if (finding->kind == FINDING_SUSPECT) word_suspect(finding, tried);
  char general[sizeof finding->diag.help];
  memcpy(general, finding->diag.help, sizeof general);
  if (tried->better && tried->steps) {
    char instead[40] = "what blows up";
    if (isfinite(tried->instead)) snprintf(instead, sizeof instead, "%.4g", tried->instead);
    diag_help(&finding->diag,
              "%s; tried on a copy: after %lld steps the loss is %.4g instead of %s",
              tried->what.data, (long long)tried->steps, tried->loss, instead);
  } else if (tried->vain.length) {
    diag_help(&finding->diag, "%s (tried on a copy without gain: %s)", general, tried->vain.data);
  }
  session_say(session, &finding->diag);
  const Source *source = source_at(vm->sources, finding->train.file);
  if (!tried->better || !source) return;
  Text text = {0};
  if (vm->options.json) {
    text_string(&text, "{\"event\":\"mended\",\"text\":");
    json_quoted(&text, tried->mended.data, tried->mended.length);
    text_string(&text, "}\n");
  } else {
    add_difference(&text, source, &tried->mended, vm->options.color == 1);
  }
  session->say(session->context, text.data, text.length);
  text_free(&text);
  write_mended(doctor, tried);
}

static void treat(Doctor *doctor, Finding *finding) {
  Tried tried = {0};
  try_all(doctor, finding, &tried);
  doctor->verdicts--;
  tell(doctor, finding, &tried);
  text_free(&tried.mended);
  text_free(&tried.what);
  text_free(&tried.vain);
}

int doctor_run(Session *session, const char *path, const char *out) {
  Vm *vm = session->vm;
  Doctor doctor = {
      .session = session, .page = {.vm = vm, .say = say_on_output}, .path = path, .out = out};
  vm->clinic = &doctor.clinic;
  int status = session_file(session, path);
  health_loops_end(vm);
  health_loops_free(&doctor.clinic);
  vm->clinic = NULL;
  for (int i = 0; i < doctor.clinic.course_count; i++)
    doctor.left += doctor.clinic.courses[i].count;
  doctor.left += doctor.left / 2;
  doctor.verdicts = doctor.clinic.count;
  for (int i = 0; i < doctor.clinic.count; i++) treat(&doctor, &doctor.clinic.findings[i]);
  output_settle();
  const char *were = vm->trainings == 1 ? "training" : "trainings";
  if (vm->findings)
    printf("%d finding%s in %d %s\n", vm->findings, vm->findings == 1 ? "" : "s", vm->trainings,
           were);
  else if (!status && vm->trainings) printf("nothing wrong found in %d %s\n", vm->trainings, were);
  else if (!status) printf("the script ran no training\n");
  clinic_free(&doctor.clinic);
  if (doctor.unwritten) return doctor.unwritten;
  return !status && vm->findings ? STATUS_FAILED : status;
}
