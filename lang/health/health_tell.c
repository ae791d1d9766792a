/* health_tell.c — see health_tell.h.
 *
 * With `health: true` a verdict is a warning and an entry of the run's report; `gd doctor` keeps it
 * until the script has ended.
 */
#include "lang/health/health_tell.h"

#include "lang/health/health_trial.h"
#include "lang/machine/vm.h"
#include "lang/run/history.h"
#include "lang/text/report.h"
#include "lang/text/source.h"

#include <stdio.h>
#include <string.h>

static const char *const BASES[] = {"proved", "measured", "likely"};

static void clinic_add(TrainRun *run, const Verdict *verdict, const Diag *diag) {
  Clinic *clinic = run->vm->clinic;
  if (clinic->count == clinic->capacity) {
    clinic->capacity = clinic->capacity ? 2 * clinic->capacity : 8;
    clinic->findings = mem_grow(clinic->findings, (size_t)clinic->capacity * sizeof(Finding));
  }
  Finding *finding = &clinic->findings[clinic->count++];
  const Ast *held = ast_clause(run->ast, "validate");
  *finding = (Finding){.kind = verdict->kind,
                       .diag = *diag,
                       .training = run->training,
                       .train = run->ast->span,
                       .data = run->rows ? run->source.span : (Span){0},
                       .validate = held ? held->a->span : (Span){0},
                       .number = verdict->number};
  if (verdict->word) snprintf(finding->word, sizeof finding->word, "%s", verdict->word);
}

void clinic_free(Clinic *clinic) {
  for (int i = 0; i < clinic->course_count; i++) mem_free(clinic->courses[i].losses);
  mem_free(clinic->courses);
  mem_free(clinic->findings);
}

void health_tell(TrainRun *run, const Verdict *verdict, const char *format, ...) {
  Vm *vm = run->vm;
  Diag diag = {0};
  char text[600];
  va_list values;
  va_start(values, format);
  text_print_list(text, sizeof text, format, values);
  va_end(values);
  Span span = verdict->span.file ? verdict->span : run->ast->span;
  diag_fail(&diag, STATUS_FAILED, span, "health, %s: %s", BASES[verdict->basis], text);
  if (*verdict->remedy) diag_help(&diag, "%s", verdict->remedy);
  diag.warning = true;
  run->watch->told++;
  run->watch->cause_told = true;
  vm->findings++;
  SourcePlace place = source_place(vm->sources, span);
  Text line = {0};
  text_format(&line, "line %u: %s: %s%s%s", place.line, BASES[verdict->basis], text,
              *verdict->remedy ? "; " : "", verdict->remedy);
  if (run->watch->verdicts.length) text_char(&run->watch->verdicts, ',');
  json_quoted(&run->watch->verdicts, line.data, line.length);
  text_free(&line);
  if (vm->clinic) clinic_add(run, verdict, &diag);
  else if (vm->on_diag) vm->on_diag(vm->on_diag_context, &diag);
}

/* ---- gd doctor ---- */

/* The run as the clinic keeps it; of a mended script the program ends with it. */
void health_keep_course(TrainRun *run) {
  Clinic *clinic = run->vm->clinic;
  if (!clinic || !run->training || (clinic->watched && clinic->watched != run->training)) return;
  int at = clinic->watched ? 0 : run->training - 1;
  if (at >= clinic->course_count) {
    clinic->courses = mem_grow(clinic->courses, (size_t)(at + 1) * sizeof(Course));
    while (clinic->course_count <= at) clinic->courses[clinic->course_count++] = (Course){0};
  }
  Course *course = &clinic->courses[at];
  const Series *losses = &run->history.step_loss;
  mem_free(course->losses);
  *course = (Course){mem_zero((size_t)(losses->count + 1) * sizeof(double)), losses->count,
                     health_blew_up(run)};
  if (losses->count) memcpy(course->losses, losses->at, (size_t)losses->count * sizeof(double));
  clinic->met = true;
}

void health_end_program(TrainRun *run) {
  Diag diag = {.status = STATUS_LIMIT, .span = run->ast->span, .silent = true};
  run->vm->exited = true;
  raise_diag(run->vm, &diag);
}
