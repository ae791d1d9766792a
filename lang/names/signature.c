/* signature.c — matches arguments to parameters.
 *
 * One rule for declarations of the script and for the signatures of natives and table rows
 * (Formals): positional arguments fill the parameters in order, then named ones follow.  It is
 * applied before running to calls whose target is known (call_check), and to each call at run time.
 *
 * A signature's text: `x` is required, `k = 0` may be passed by position or by name, `axis: none`
 * by name only, `xs...` takes the rest.  Defaults are not evaluated here: a native gets KIND_UNSET
 * for an omitted argument.
 */
#include "lang/names/signature.h"
#include "lang/syntax/nearest.h"
#include "runtime/compute.h"

#include <stdio.h>
#include <string.h>

/* ---- parsing the text of a signature ---- */

static bool name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         (c & 0x80);
}

/* The end of one parameter: the next comma or closing bracket outside quotes and brackets. */
static const char *part_end(const char *at) {
  int depth = 0;
  bool quoted = false;
  for (; *at; at++) {
    if (*at == '"') quoted = !quoted;
    if (quoted) continue;
    if (depth == 0 && (*at == ',' || *at == ')')) break;
    if (*at == '(' || *at == '[') depth++;
    if (*at == ')' || *at == ']') depth--;
  }
  return at;
}

static Formal formal_parse(Names *names, const char *at, const char *end) {
  const char *start = at;
  while (at < end && name_byte(*at)) at++;
  Formal formal = {names_intern(names, start, (size_t)(at - start)), FORMAL_REQUIRED};
  if (end - at >= 3 && memcmp(at, "...", 3) == 0) {
    formal.kind = FORMAL_REST;
    if (at == start) formal.name = names_intern(names, "items", 5);
    return formal;
  }
  while (at < end && *at == ' ') at++;
  if (at < end) formal.kind = *at == ':' ? FORMAL_NAMED : FORMAL_OPTIONAL;
  return formal;
}

bool signature_open(const char *text) { return !text || strstr(text, "…"); }

Signature *signature_parse(Names *names, const char *text) {
  size_t most = 1;
  for (const char *at = text; *at; at++) most += *at == ',';
  Signature *signature = mem_zero(sizeof *signature + most * sizeof(Formal));
  signature->text = text;
  const char *open = strchr(text, '(');
  signature->name = names_intern(names, text, open ? (size_t)(open - text) : strlen(text));
  for (const char *at = open ? open + 1 : ""; *at && *at != ')';) {
    while (*at == ' ' || *at == ',') at++;
    const char *end = part_end(at);
    if (end > at) signature->formals[signature->count++] = formal_parse(names, at, end);
    at = end;
  }
  return signature;
}

/* ---- both kinds alike ---- */

int formals_count(Formals formals) {
  return formals.function ? formals.function->param_count : formals.signature->count;
}

const char *formals_name(Formals formals, int index) {
  return formals.function ? formals.function->params[index].name
                          : formals.signature->formals[index].name;
}

FormalKind formals_kind(Formals formals, int index) {
  if (!formals.function) return formals.signature->formals[index].kind;
  const AstParam *param = &formals.function->params[index];
  return param->rest ? FORMAL_REST : param->fallback ? FORMAL_OPTIONAL : FORMAL_REQUIRED;
}

/* "`name`" or "this function", at most 64 bytes of the name */
typedef struct Called {
  char text[72];
} Called;

static Called called(Formals formals) {
  const char *name = formals.function ? formals.function->name : formals.signature->name;
  Called shown = {"this function"};
  if (name) text_print(shown.text, sizeof shown.text, "`%.64s`", name);
  return shown;
}

static const char *plain_name(Formals formals) {
  const char *name = formals.function ? formals.function->name : formals.signature->name;
  return name ? name : "fn";
}

/* The declaration in one line: "Dense(inputs, outputs, bias = …)". */
static void declaration_text(Formals formals, char *buffer, size_t size) {
  size_t at = (size_t)text_print(buffer, size, "%.64s(", plain_name(formals));
  for (int i = 0; i < formals_count(formals) && at + 100 < size; i++) {
    FormalKind kind = formals_kind(formals, i);
    const char *after = kind == FORMAL_REST ? "..." : kind == FORMAL_REQUIRED ? "" : " = …";
    at += (size_t)text_print(buffer + at, size - at, "%s%.64s%s", i ? ", " : "",
                             formals_name(formals, i), after);
  }
  snprintf(buffer + at, size - at, ")");
}

/* Adds a note with the declaration. */
static bool show_declaration(Formals formals, Diag *diag) {
  char buffer[240];
  if (formals.function) {
    declaration_text(formals, buffer, sizeof buffer - 16);
    diag_note(diag, formals.function->head_span, "declared here: %s", buffer);
  } else if (!diag->help[0]) {
    diag_help(diag, "%s", formals.signature->text);
  }
  return false;
}

static Span span_of(const Given *given, int index) {
  return given->spans ? given->spans[index] : given->span;
}

/* `x |> Net`, `Net(x)`: what a declaration declares is made before it is applied. */
static void help_made(Formals formals, const Given *given, Diag *diag) {
  const AstFunction *function = formals.function;
  if (!function || function->kind != FUNCTION_MODEL || diag->help[0]) return;
  bool piped = given->positional == 1 && given->spans && given->callee.file &&
               given->spans[0].file == given->callee.file &&
               given->spans[0].end <= given->callee.start;
  if (!piped && (function->param_count || given->positional != 1)) return;
  diag_help(diag, MADE_FIRST, function->name, function->param_count ? "…" : "");
}

/* Of standard functions whose namesakes elsewhere take one argument more. */
typedef struct Namesake {
  const char *name, *help;
} Namesake;

/* clang-format off */
static const Namesake NAMESAKES[] = {
  {"min", "minimum(a, b) gives the lesser of each pair; min(x, axis: none, keep: false)"},
  {"max", "maximum(a, b) gives the greater of each pair; max(x, axis: none, keep: false)"},
  {"size", "`shape(x)[1]` is the length of one axis, from 0; size(x) counts the elements"},
  {"round", "`round(x * 100) / 100` rounds to two decimals, \"{x:.2f}\" shows two"},
  {"log", "`log(x) / log(2)` is the logarithm to another base"},
  {"len", "`shape(x)[1]` is the length of one axis, from 0"},
  {"str", "\"{x:.3f}\" shows three decimals"},
};
/* clang-format on */

static bool help_namesake(Formals formals, Diag *diag) {
  for (int i = 0; formals.signature && i < COUNT_OF(NAMESAKES); i++) {
    if (strcmp(formals.signature->name, NAMESAKES[i].name) != 0) continue;
    diag_help(diag, "%s", NAMESAKES[i].help);
    return true;
  }
  return false;
}

static bool say_too_many(Formals formals, const Given *given, int taken, Diag *diag) {
  diag_fail(diag, STATUS_FAILED, span_of(given, taken),
            "%s takes %d argument%s by position, %d given", called(formals).text, taken,
            taken == 1 ? "" : "s", given->positional);
  diag_label(diag, "one too many");
  if (help_namesake(formals, diag)) return false;
  for (int i = 0; i < formals_count(formals); i++) {
    if (formals_kind(formals, i) != FORMAL_NAMED) continue;
    diag_help(diag, "`%s:` is given by name: %s", formals_name(formals, i),
              formals.signature->text);
    break;
  }
  help_made(formals, given, diag);
  return show_declaration(formals, diag);
}

static bool say_unknown(Formals formals, const Given *given, int index, const char *name,
                        Diag *diag) {
  char buffer[NAME_SIZE];
  diag_fail(diag, STATUS_FAILED, span_of(given, index), "%s has no parameter `%s`",
            called(formals).text, name_shown(name, strlen(name), buffer));
  Nearest nearest = nearest_to(name);
  for (int i = 0; i < formals_count(formals); i++)
    nearest_offer(&nearest, formals_name(formals, i));
  if (!nearest_tell(&nearest, ":", diag) && strcmp(name, "activation") == 0)
    diag_help(diag, "%s", ACTIVATION_APART);
  /* the declaration is more helpful */
  if (formals.signature && !nearest_advice(&nearest)) diag->help[0] = 0;
  bool shown = show_declaration(formals, diag);
  if (strcmp(name, "dtype") == 0)
    diag_help(diag,
              "a dtype is a function: `f64(%.64s(…))`, `i32(…)`; precision(f64) at the top "
              "makes it the default",
              plain_name(formals));
  return shown;
}

static bool say_twice(Formals formals, const Given *given, int index, const char *name,
                      Diag *diag) {
  diag_fail(diag, STATUS_FAILED, span_of(given, index), "the argument `%.64s` of %s is given twice",
            name, called(formals).text);
  if (formals.function && formals.function->kind == FUNCTION_OPTIMIZER)
    diag_help(
        diag,
        "an optimizer takes no parameters of the model: `train net { …; optimizer: %.64s() }`",
        plain_name(formals));
  return show_declaration(formals, diag);
}

static bool say_missing(Formals formals, const Given *given, int formal, Diag *diag) {
  diag_fail(diag, STATUS_FAILED, given->span, "%s is missing its argument `%.64s`",
            called(formals).text, formals_name(formals, formal));
  if (!strcmp(formals_name(formals, 0), "self"))
    diag_help(diag, "the functions of a model take no `self`: its names are known in them");
  help_made(formals, given, diag);
  return show_declaration(formals, diag);
}

/* Matches the positional arguments; returns the number of parameters filled, or -1. */
static int match_positions(Formals formals, const Given *given, int *target, Diag *diag) {
  int count = formals_count(formals), formal = 0;
  for (int i = 0; i < given->positional; i++) {
    if (formal == count || formals_kind(formals, formal) == FORMAL_NAMED) {
      say_too_many(formals, given, i, diag);
      return -1;
    }
    target[i] = formal;
    if (formals_kind(formals, formal) != FORMAL_REST) formal++;
  }
  return formal;
}

/* The named arguments while they are matched.  Few are compared one by one; of many, which would
 * take the square of their number, the parameters are found by name in an index. */
enum { NAMED_MANY = 16 };

typedef struct Matching {
  Formals formals;
  const Given *given;
  int *target;
  Lookup index; /* the parameters by name; empty for few */
  bool *taken;  /* of each parameter: has it an argument?  NULL for few; owned */
} Matching;

static Matching matching_begin(Formals formals, const Given *given, int *target) {
  Matching matching = {formals, given, target, {0}, NULL};
  int count = formals_count(formals);
  if (given->named < NAMED_MANY) return matching;
  matching.taken = mem_zero((size_t)count + 1);
  for (int i = 0; i < count; i++)
    lookup_put(&matching.index, lookup_pointer(formals_name(formals, i)), (uint32_t)i);
  return matching;
}

static void matching_end(Matching *matching) {
  lookup_free(&matching->index);
  mem_free(matching->taken);
}

static bool is_named(Formals formals, int formal, const char *name) {
  return formals_name(formals, formal) == name && formals_kind(formals, formal) != FORMAL_REST;
}

static int formal_named(const Matching *matching, const char *name) {
  uint32_t at = 0, place;
  if (matching->taken) {
    while (lookup_next(&matching->index, lookup_pointer(name), &at, &place))
      if (is_named(matching->formals, (int)place, name)) return (int)place;
    return -1;
  }
  for (int i = 0; i < formals_count(matching->formals); i++)
    if (is_named(matching->formals, i, name)) return i;
  return -1;
}

/* Is this parameter given by one of the first `named` names? */
static bool taken(const Matching *matching, int named, int formal) {
  if (matching->taken) return matching->taken[formal];
  for (int i = 0; i < named; i++)
    if (matching->target[matching->given->positional + i] == formal) return true;
  return false;
}

static bool match_names(Matching *matching, int passed, bool open, Diag *diag) {
  Formals formals = matching->formals;
  const Given *given = matching->given;
  for (int i = 0; i < given->named; i++) {
    const char *name = given->names[i];
    int formal = formal_named(matching, name), at = given->positional + i;
    if (formal < 0) return say_unknown(formals, given, at, name, diag);
    if (formal < passed || taken(matching, i, formal))
      return say_twice(formals, given, at, name, diag);
    matching->target[at] = formal;
    if (matching->taken) matching->taken[formal] = true;
  }
  for (int i = passed; i < formals_count(formals) && !open; i++)
    if (formals_kind(formals, i) == FORMAL_REQUIRED && !taken(matching, given->named, i))
      return say_missing(formals, given, i, diag);
  return true;
}

bool formals_match(Formals formals, const Given *given, bool open, int *target, Diag *diag) {
  int passed = match_positions(formals, given, target, diag);
  if (passed < 0) return false;
  Matching matching = matching_begin(formals, given, target);
  bool fine = match_names(&matching, passed, open, diag);
  matching_end(&matching);
  return fine;
}

/* ---- before anything runs ---- */

void call_check(Vm *vm, Report *report, const Ast *call, Formals formals) {
  (void)vm;
  if (report_full(report)) return; /* what it finds would not be shown */
  if (call->count > ARGUMENTS_MOST) {
    report_error(report, call->span, "a call has at most %d arguments, this one has %u",
                 ARGUMENTS_MOST, call->count);
    return;
  }
  size_t count = call->count;
  const char **names = mem_alloc((count + 1) * sizeof(char *));
  Span *spans = mem_alloc((count + 1) * sizeof(Span));
  int *target = mem_alloc((count + 1) * sizeof(int));
  Given given = {.span = call->span, .callee = call->a->span, .names = names, .spans = spans};
  bool spread = false;
  for (uint32_t i = 0; i < count; i++) {
    const Ast *argument = call->items[i];
    spread = spread || argument->op;
    if (argument->op) continue;
    spans[given.positional + given.named] = argument->span;
    if (argument->text) names[given.named++] = argument->text;
    else given.positional++;
  }
  Diag diag = {0};
  if (!formals_match(formals, &given, spread, target, &diag)) {
    diag.status = STATUS_MALFORMED;
    report_add(report, &diag);
  }
  mem_free(names);
  mem_free(spans);
  mem_free(target);
}
