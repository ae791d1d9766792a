/* fix.c — see fix.h.
 *
 * A change is made in the text of the script, by its tokens, so that it can be shown as lines,
 * saved in a file, and run exactly as the user would run it.  Changes are: leaving out or inserting
 * layers and activations, replacing a word or a number, adding or leaving out a clause of the
 * training, scaling data.
 *
 * Nothing here knows whether a change helps: doctor.c runs it to find out.  So a change may be
 * speculative, and one that does not fit the script simply fails there.
 *
 * To add one: a function `bool change(Fixing *fixing)` and its row in CHANGES, in the order in
 * which they are tried.
 */
#include "lang/tool/fix.h"

#include "lang/syntax/lexer.h"

#include <stdio.h>
#include <string.h>

enum { CHANGES_MOST = 48 };

typedef struct Change {
  uint32_t start, end; /* bytes that go */
  char text[240];      /* what comes there */
} Change;

typedef struct Fixing {
  const Finding *finding;
  const Source *source;
  uint32_t file;
  Token *tokens; /* owned */
  int count;
  uint32_t line_start, line_end; /* the verdict's line, in bytes */
  Change changes[CHANGES_MOST];
  int change_count;
  char what[200];
} Fixing;

/* ---- tokens ---- */

static void read_tokens(Fixing *fixing) {
  Report report = {0};
  Lexer lexer;
  int capacity = 0;
  lexer_start(&lexer, fixing->source, fixing->file, &report);
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    if (token.start == token.end) continue;
    if (fixing->count == capacity) {
      capacity = capacity ? 2 * capacity : 256;
      fixing->tokens = mem_grow(fixing->tokens, (size_t)capacity * sizeof(Token));
    }
    fixing->tokens[fixing->count++] = token;
  }
  report_clear(&report);
}

static bool is(const Fixing *fixing, int at, const char *word) {
  if (at < 0 || at >= fixing->count) return false;
  Token token = fixing->tokens[at];
  size_t length = strlen(word);
  return token.end - token.start == length &&
         !memcmp(fixing->source->text + token.start, word, length);
}

static bool is_number(const Fixing *fixing, int at) {
  if (at < 0 || at >= fixing->count) return false;
  char first = fixing->source->text[fixing->tokens[at].start];
  return first >= '0' && first <= '9';
}

static bool upper(const Fixing *fixing, int at) {
  char first = fixing->source->text[fixing->tokens[at].start];
  return first >= 'A' && first <= 'Z';
}

static bool in_span(const Fixing *fixing, int at, Span span) {
  Token token = fixing->tokens[at];
  return span.file == fixing->file && token.start >= span.start && token.end <= span.end;
}

static bool on_line(const Fixing *fixing, int at) {
  Token token = fixing->tokens[at];
  return token.start >= fixing->line_start && token.start < fixing->line_end;
}

/* The bracket that closes the one at this token, or -1. */
static int closing(const Fixing *fixing, int at) {
  int depth = 0;
  for (int i = at; i < fixing->count; i++) {
    if (is(fixing, i, "(") || is(fixing, i, "[") || is(fixing, i, "{")) depth++;
    if (is(fixing, i, ")") || is(fixing, i, "]") || is(fixing, i, "}")) depth--;
    if (depth == 0) return i;
  }
  return -1;
}

/* The comma that ends the first argument after the bracket, or -1. */
static int comma_after(const Fixing *fixing, int at) {
  int depth = 0;
  for (int i = at; i < fixing->count; i++) {
    if (is(fixing, i, "(") || is(fixing, i, "[") || is(fixing, i, "{")) depth++;
    if (is(fixing, i, ")") || is(fixing, i, "]") || is(fixing, i, "}")) depth--;
    if (depth == 0) return -1;
    if (depth == 1 && is(fixing, i, ",")) return i;
  }
  return -1;
}

static bool change(Fixing *fixing, uint32_t start, uint32_t end, const char *text) {
  if (fixing->change_count == CHANGES_MOST) return false;
  Change *made = &fixing->changes[fixing->change_count++];
  made->start = start;
  made->end = end;
  return (size_t)snprintf(made->text, sizeof made->text, "%s", text) < sizeof made->text;
}

static bool change_token(Fixing *fixing, int at, const char *text) {
  return change(fixing, fixing->tokens[at].start, fixing->tokens[at].end, text);
}

static bool told(Fixing *fixing, const char *what) {
  snprintf(fixing->what, sizeof fixing->what, "%s", what);
  return fixing->change_count > 0;
}

/* The token after `name:`, within a span (file 0: on the verdict's line, else anywhere); or -1. */
static int clause_at(const Fixing *fixing, const char *name, Span span) {
  int found = -1;
  for (int i = 0; i + 2 < fixing->count; i++) {
    if (!is(fixing, i, name) || !is(fixing, i + 1, ":")) continue;
    if (span.file && !in_span(fixing, i, span)) continue;
    if (on_line(fixing, i)) return i + 2;
    if (found < 0 || span.file) found = i + 2;
  }
  return found;
}

/* ---- words ---- */

/* As a layer of a chain, a call around a value, or a part of a pipe. */
static bool leave_out_at(Fixing *fixing, int at) {
  const Token *tokens = fixing->tokens;
  bool call = is(fixing, at + 1, "("), after = is(fixing, at - 1, ",");
  bool layer = upper(fixing, at);
  int end = call ? closing(fixing, at + 1) : at;
  if (end < 0) return false;
  if (is(fixing, at - 1, "|>")) return change(fixing, tokens[at - 1].start, tokens[end].end, "");
  if (after && (!call || layer)) return change(fixing, tokens[at - 1].start, tokens[end].end, "");
  if (!call || layer) return false;
  int comma = comma_after(fixing, at + 1);
  if (comma > 0 && !change(fixing, tokens[comma].start, tokens[end].start, "")) return false;
  return change(fixing, tokens[at].start, tokens[at].end, "");
}

/* Where the verdict points first, from the right; then from the end of the script. */
static bool leave_out(Fixing *fixing, const char *word) {
  for (int pass = 0; pass < 2; pass++)
    for (int i = fixing->count; i-- > 0;)
      if (is(fixing, i, word) && on_line(fixing, i) == (pass == 0) && leave_out_at(fixing, i)) {
        snprintf(fixing->what, sizeof fixing->what, "leave `%s` out", word);
        return true;
      }
  return false;
}

static bool leave_out_word(Fixing *fixing) { return leave_out(fixing, fixing->finding->word); }

/* Every one of the verdict's line, and where the training has them. */
static bool leave_all_out(Fixing *fixing) {
  const char *word = fixing->finding->word;
  int found = 0;
  for (int i = 0; i < fixing->count; i++)
    if (is(fixing, i, word) && leave_out_at(fixing, i)) found++;
  snprintf(fixing->what, sizeof fixing->what, "leave out `%s` everywhere", word);
  return found > 1;
}

static bool leave_out_dropout(Fixing *fixing) {
  return leave_out(fixing, "Dropout") || leave_out(fixing, "dropout");
}

/* The word for another one, where it is called or is a layer; not where it ends a chain. */
static bool replace_word(Fixing *fixing, const char *word, const char *other) {
  bool found = false;
  for (int i = 1; i < fixing->count; i++) {
    bool last = is(fixing, i + 1, ")") && is(fixing, i - 1, ",");
    bool named = is(fixing, i + 1, ":") || is(fixing, i - 1, ".") || is(fixing, i - 1, "fn") ||
                 is(fixing, i + 1, "=");
    if (!is(fixing, i, word) || last || named) continue;
    if (!change_token(fixing, i, other)) return false;
    found = true;
  }
  if (found) snprintf(fixing->what, sizeof fixing->what, "`%s` instead of `%s`", other, word);
  return found;
}

static bool relu_for_squeezing(Fixing *fixing) {
  bool sigmoid = replace_word(fixing, "sigmoid", "relu");
  bool tanh = replace_word(fixing, "tanh", "relu");
  return (sigmoid || tanh) && told(fixing, "`relu` instead of the saturating activations");
}

static bool normalized_between(Fixing *fixing) {
  bool found = false;
  for (int i = 1; i < fixing->count; i++) {
    bool squeezes = is(fixing, i, "sigmoid") || is(fixing, i, "tanh") || is(fixing, i, "relu");
    if (!squeezes || !is(fixing, i - 1, ",") || !is_number(fixing, i - 3)) continue;
    int open = i - 2;
    while (open > 0 && closing(fixing, open) != i - 2) open--;
    if (!is(fixing, open - 1, "Dense")) continue;
    char layer_text[240];
    Token width = fixing->tokens[i - 3];
    snprintf(layer_text, sizeof layer_text, "BatchNorm(%.*s), ", (int)(width.end - width.start),
             fixing->source->text + width.start);
    Token token = fixing->tokens[i];
    if (!change(fixing, token.start, token.start, layer_text)) return false;
    found = true;
  }
  return found && told(fixing, "BatchNorm before each activation");
}

static bool leaky(Fixing *fixing) { return replace_word(fixing, "relu", "leaky_relu"); }

/* ---- layers ---- */

/* An activation between layers that stand side by side. */
static bool put_between(Fixing *fixing) {
  bool found = false;
  for (int i = 0; i + 2 < fixing->count; i++) {
    bool layer = is(fixing, i, "Dense") || is(fixing, i, "Conv2d");
    int end = layer && is(fixing, i + 1, "(") ? closing(fixing, i + 1) : -1;
    bool next = end > 0 && is(fixing, end + 1, ",") &&
                (is(fixing, end + 2, "Dense") || is(fixing, end + 2, "Conv2d"));
    if (!next) continue;
    uint32_t at = fixing->tokens[end + 2].start;
    if (!change(fixing, at, at, "relu, ")) return false;
    found = true;
  }
  return found && told(fixing, "`relu` between the layers");
}

/* relu(x @ A) @ B for x @ A @ B. */
static bool put_between_products(Fixing *fixing) {
  for (int i = 1; i + 3 < fixing->count; i++) {
    bool products = is(fixing, i, "@") && is(fixing, i + 2, "@") && on_line(fixing, i);
    if (!products) continue;
    if (!change(fixing, fixing->tokens[i - 1].start, fixing->tokens[i - 1].start, "relu("))
      return false;
    uint32_t at = fixing->tokens[i + 1].end;
    return change(fixing, at, at, ")") && told(fixing, "`relu` between the products");
  }
  return false;
}

static bool width_of_classes(Fixing *fixing) {
  for (int i = fixing->count; i-- > 0;) {
    if (!is(fixing, i, "Dense") || !is(fixing, i + 1, "(")) continue;
    int end = closing(fixing, i + 1), comma = comma_after(fixing, i + 1);
    if (end < 0 || comma < 0 || !is_number(fixing, comma + 1)) continue;
    char number[40];
    snprintf(number, sizeof number, "%.0f", fixing->finding->number);
    if (!change_token(fixing, comma + 1, number)) return false;
    return told(fixing, "as many outputs as there are classes");
  }
  return false;
}

/* ---- numbers ---- */

/* The last token of the expression that begins here: before a comma, a `;`, a line or a bracket. */
static int value_end(const Fixing *fixing, int at) {
  int end = at - 1;
  for (int i = at; i < fixing->count; i++) {
    bool opens = is(fixing, i, "(") || is(fixing, i, "[") || is(fixing, i, "{");
    bool ends = is(fixing, i, ",") || is(fixing, i, ";") || is(fixing, i, ")") ||
                is(fixing, i, "]") || is(fixing, i, "}");
    if (ends || fixing->tokens[i].kind == TOKEN_NL) break;
    if (opens && (i = closing(fixing, i)) < 0) break;
    end = i;
  }
  return end;
}

/* The optimizer's call that is meant: the verdict's, the training's. */
static int optimizer_call(const Fixing *fixing) {
  for (int i = 0; i + 1 < fixing->count; i++)
    if (in_span(fixing, i, fixing->finding->diag.span) && is(fixing, i + 1, "(") &&
        upper(fixing, i))
      return i;
  return clause_at(fixing, "optimizer", fixing->finding->train);
}

/* Where the rate stands: `lr: …` or the first argument; -1: nowhere. */
static int rate_at(const Fixing *fixing) {
  int call = optimizer_call(fixing), end = call < 0 ? -1 : closing(fixing, call + 1);
  if (call < 0 || !is(fixing, call + 1, "(") || end < 0) return clause_at(fixing, "lr", (Span){0});
  Span inside = {fixing->file, fixing->tokens[call].start, fixing->tokens[end].end};
  int at = clause_at(fixing, "lr", inside);
  if (at < 0 && is_number(fixing, call + 2)) return call + 2;
  return at;
}

static bool rate(Fixing *fixing, double number, double factor) {
  int at = rate_at(fixing);
  char text[180];
  if (at >= 0) {
    int end = value_end(fixing, at);
    if (is(fixing, at, "option") && is(fixing, at + 1, "(")) { /* its default */
      int comma = comma_after(fixing, at + 1);
      if (comma < 0) return false;
      at = comma + 1;
      end = value_end(fixing, at);
    }
    if (end < at || is(fixing, at, "auto") || (!is_number(fixing, at) && is(fixing, at + 1, "(")))
      return false;
    Token first = fixing->tokens[at], last = fixing->tokens[end];
    int length = (int)(last.end - first.start);
    const char *old = fixing->source->text + first.start;
    double value = 0;
    if (factor > 0 && at == end && is_number(fixing, at) && sscanf(old, "%lf", &value) == 1)
      number = value * factor;
    if (number > 0) snprintf(text, sizeof text, "%.3g", number);
    else if (snprintf(text, sizeof text, at == end ? "%.3g * %.*s" : "%.3g * (%.*s)", factor,
                      length, old) > 100)
      return false;
    snprintf(fixing->what, sizeof fixing->what, "lr: %s", text);
    return change(fixing, first.start, last.end, text);
  }
  at = optimizer_call(fixing);
  if (factor > 0 || at < 0 || !is(fixing, at + 1, "(")) return false;
  snprintf(fixing->what, sizeof fixing->what, "lr: %.3g", number);
  snprintf(text, sizeof text, "lr: %.3g%s", number, is(fixing, at + 2, ")") ? "" : ", ");
  uint32_t place = fixing->tokens[at + 1].end;
  return change(fixing, place, place, text);
}

static bool found_rate(Fixing *fixing) { return rate(fixing, fixing->finding->number, 0); }
static bool lower_rate(Fixing *fixing) { return rate(fixing, 0, 0.1); }
static bool far_lower_rate(Fixing *fixing) { return rate(fixing, 0, 0.001); }
static bool low_rate(Fixing *fixing) { return rate(fixing, 0, 0.01); }
static bool higher_rate(Fixing *fixing) { return rate(fixing, 0, 10); }
static bool high_rate(Fixing *fixing) { return rate(fixing, 0, 300); }
static bool far_higher_rate(Fixing *fixing) { return rate(fixing, 0, 10000); }

static bool less_decay(Fixing *fixing) {
  int at = clause_at(fixing, "weight_decay", (Span){0});
  return at >= 0 && is_number(fixing, at) && change_token(fixing, at, "0.0001") &&
         told(fixing, "weight_decay: 0.0001");
}

/* 0.5 * l2(net): a factor of 0.0001 */
static bool less_penalty(Fixing *fixing) {
  for (int i = 0; i + 2 < fixing->count; i++) {
    bool penalty = is(fixing, i + 2, "l1") || is(fixing, i + 2, "l2") || is(fixing, i + 2, "sum");
    if (!is_number(fixing, i) || !is(fixing, i + 1, "*") || !penalty) continue;
    return change_token(fixing, i, "0.0001") && told(fixing, "0.0001 times the penalty");
  }
  return false;
}

static bool larger_batch(Fixing *fixing) {
  int at = clause_at(fixing, "batch", fixing->finding->train);
  char text[40];
  double value = 0;
  if (at < 0 || !is_number(fixing, at)) return false;
  Token token = fixing->tokens[at];
  snprintf(text, sizeof text, "%.*s", (int)(token.end - token.start),
           fixing->source->text + token.start);
  if (sscanf(text, "%lf", &value) != 1) return false;
  snprintf(text, sizeof text, "%.0f", value * 8);
  return change_token(fixing, at, text) && told(fixing, "a larger batch");
}

static bool adam(Fixing *fixing) {
  int at = clause_at(fixing, "optimizer", fixing->finding->train);
  if (at < 0 || !is(fixing, at + 1, "(") || is(fixing, at, "Adam")) return false;
  int end = closing(fixing, at + 1);
  return end > 0 &&
         change(fixing, fixing->tokens[at].start, fixing->tokens[end].end, "Adam(lr: 0.01)") &&
         told(fixing, "Adam(lr: 0.01)");
}

/* ---- first values ---- */

static bool leave_out_and_lower(Fixing *fixing) {
  return rate(fixing, 0, 0.1) && leave_out_word(fixing) &&
         told(fixing, "leave it out, and a tenth of the rate");
}

static bool small_for_zeros(Fixing *fixing) {
  bool found = false;
  for (int i = 2; i < fixing->count; i++) {
    if (!is(fixing, i, "zeros") || !is(fixing, i + 1, "(")) continue;
    bool bare = is(fixing, i - 1, "(") && is(fixing, i - 2, "param");
    bool member = is(fixing, i - 1, "=") && is(fixing, i - 3, "param") &&
                  comma_after(fixing, i + 1) > 0;
    if (!bare && !member) continue;
    if (!change_token(fixing, i, "0.1 * randn")) return false;
    found = true;
  }
  return found && told(fixing, "first values that are not zeros");
}

/* randn(n, m) * s is replaced whole: its scale is what is wrong. */
static bool scaled_first_values(Fixing *fixing, const char *with, const char *what) {
  bool found = false;
  for (int i = 1; i < fixing->count; i++) {
    if (!is(fixing, i, "randn") || !is(fixing, i + 1, "(")) continue;
    int end = closing(fixing, i + 1), comma = comma_after(fixing, i + 1), start = i;
    if (end < 0 || comma < 0) continue;
    bool param = false;
    for (int k = i; k-- > 0 && k + 8 > i;) param |= is(fixing, k, "param");
    if (!param) continue;
    if (is(fixing, i - 1, "*") && is_number(fixing, i - 2)) start = i - 2;
    if (is(fixing, end + 1, "*") && is_number(fixing, end + 2)) {
      if (!change(fixing, fixing->tokens[end].end, fixing->tokens[end + 2].end, "")) return false;
    }
    if (!change(fixing, fixing->tokens[start].start, fixing->tokens[i].end, with)) return false;
    found = true;
  }
  return found && told(fixing, what);
}

static bool xavier(Fixing *fixing) {
  return scaled_first_values(fixing, "xavier_normal", "xavier_normal for the first values");
}

static bool he(Fixing *fixing) {
  return scaled_first_values(fixing, "he_normal", "he_normal for the first values");
}

/* A param that begins with full(n, value: …) begins with zeros(n). */
static bool zeros_for_full(Fixing *fixing) {
  bool found = false;
  for (int i = 2; i < fixing->count; i++) {
    bool param = is(fixing, i - 3, "param") || is(fixing, i - 2, "param");
    if (!is(fixing, i, "full") || !is(fixing, i + 1, "(") || !param) continue;
    int end = closing(fixing, i + 1), comma = comma_after(fixing, i + 1);
    if (end < 0 || comma < 0 || !change_token(fixing, i, "zeros")) return false;
    if (!change(fixing, fixing->tokens[comma].start, fixing->tokens[end].start, "")) return false;
    found = true;
  }
  return found && told(fixing, "zeros for the first values of the offsets");
}

/* ---- clauses ---- */

static bool add_clause(Fixing *fixing, const char *clause) {
  for (int i = 0; i + 1 < fixing->count; i++) {
    bool loss = is(fixing, i, "loss") && is(fixing, i + 1, ":");
    if (!loss || !in_span(fixing, i, fixing->finding->train)) continue;
    char text[240];
    snprintf(text, sizeof text, "%s%s", clause, fixing->tokens[i].first ? "\n  " : "; ");
    uint32_t at = fixing->tokens[i].start;
    return change(fixing, at, at, text) && told(fixing, clause);
  }
  return false;
}

static bool clip(Fixing *fixing) { return add_clause(fixing, "clip: (norm: 1.0)"); }
static bool keep_best(Fixing *fixing) { return add_clause(fixing, "keep: best(val_loss)"); }

static bool clip_and_lower(Fixing *fixing) {
  return rate(fixing, 0, 0.1) && clip(fixing) &&
         told(fixing, "clip: (norm: 1.0) and a tenth of the rate");
}

/* The clause and its value; a value is one token, or a bracket. */
static bool drop_clause(Fixing *fixing, const char *name) {
  int at = clause_at(fixing, name, fixing->finding->train);
  if (at < 0) return false;
  int end = is(fixing, at, "(") ? closing(fixing, at) : at;
  if (end < 0) return false;
  if (is(fixing, end + 1, ";")) end++;
  snprintf(fixing->what, sizeof fixing->what, "without `%s:`", name);
  return change(fixing, fixing->tokens[at - 2].start, fixing->tokens[end].end, "");
}

static bool drop_clip(Fixing *fixing) { return drop_clause(fixing, "clip"); }
static bool drop_shuffle(Fixing *fixing) { return drop_clause(fixing, "shuffle"); }

/* ---- data ---- */

static bool wrap(Fixing *fixing, Span span, const char *before, const char *after) {
  return span.file == fixing->file && change(fixing, span.start, span.start, before) &&
         change(fixing, span.end, span.end, after);
}

static bool standardized(Fixing *fixing) {
  const Finding *finding = fixing->finding;
  Span data = finding->data, held = finding->validate;
  char after[240];
  if (!data.file || !wrap(fixing, data, "standardize(", ")")) return false;
  if (held.file) {
    int length = (int)(data.end - data.start), own = (int)(held.end - held.start);
    bool fits = (size_t)snprintf(after, sizeof after, "standardize(%.*s, %.*s)[1]", length,
                                 fixing->source->text + data.start, own,
                                 fixing->source->text + held.start) < sizeof after;
    if (!fits || !change(fixing, held.start, held.end, after)) return false;
  }
  return told(fixing, "scale the inputs");
}

/* The scaling as the net's first layer, from data that are there before the net. */
static bool scaling_first(Fixing *fixing) {
  Span data = fixing->finding->data;
  if (data.file != fixing->file) return false;
  char layer[240];
  int length = (int)(data.end - data.start);
  bool fits = (size_t)snprintf(layer, sizeof layer, "Standardize(%.*s), ", length,
                               fixing->source->text + data.start) < sizeof layer;
  for (int i = 0; fits && i + 2 < fixing->count; i++) {
    bool net = is(fixing, i, "=") && is(fixing, i + 1, "chain") && is(fixing, i + 2, "(");
    uint32_t at = fixing->tokens[i + 2].end;
    if (net) return change(fixing, at, at, layer) && told(fixing, "scale the inputs in the net");
  }
  return false;
}

/* `let NAME = …`, or `let (NAME, OTHER) = …` for several: its `let`, or -1. */
static int definition_of(const Fixing *fixing, Span name, bool several) {
  int length = (int)(name.end - name.start), found = -1;
  const char *text = fixing->source->text;
  for (int i = 0; i + 3 < fixing->count && fixing->tokens[i].start < name.start; i++) {
    int at = i + (several ? 2 : 1);
    Token token = fixing->tokens[at];
    bool same = token.end - token.start == (uint32_t)length &&
                !memcmp(text + token.start, text + name.start, (size_t)length);
    bool opens = !several || is(fixing, i + 1, "(");
    if (is(fixing, i, "let") && same && opens && is(fixing, at + 1, several ? "," : "=")) found = i;
  }
  return found;
}

/* What the script calls its data is scaled where it is made, for all that comes after it. */
static bool scaled_where_made(Fixing *fixing) {
  Span data = fixing->finding->data;
  if (data.file != fixing->file) return false;
  for (int several = fixing->finding->validate.file != 0; several < 2; several++) {
    int at = definition_of(fixing, data, several);
    while (at >= 0 && at < fixing->count && !is(fixing, at, "=")) at++;
    int end = at < 0 ? -1 : value_end(fixing, at + 1);
    if (end <= at) continue;
    Token first = fixing->tokens[at + 1], last = fixing->tokens[end];
    return change(fixing, first.start, first.start, "standardize(") &&
           change(fixing, last.end, last.end, several ? "...)" : ")") &&
           told(fixing, "scale the inputs where they are made");
  }
  return false;
}

/* ---- which changes are for which verdict ---- */

typedef bool (*MakeChange)(Fixing *fixing);

static const MakeChange CHANGES[][FIXES_MOST] = {
    [FINDING_SQUEEZED] = {leave_out_word, leave_all_out, leave_out_and_lower},
    [FINDING_DROPOUT] = {leave_out_dropout},
    [FINDING_LINEAR] = {put_between, put_between_products},
    [FINDING_WIDTH] = {width_of_classes},
    [FINDING_RATE] = {found_rate},
    [FINDING_BLOWN] = {clip, lower_rate, far_lower_rate, he},
    [FINDING_UNSCALED] = {scaling_first, scaled_where_made, standardized, far_lower_rate},
    [FINDING_VANISHING] = {relu_for_squeezing, normalized_between, he},
    [FINDING_EXPLODING] = {clip, clip_and_lower, lower_rate, xavier},
    [FINDING_DEAD] = {zeros_for_full, leaky, he, lower_rate},
    [FINDING_SATURATED] = {xavier, scaling_first, scaled_where_made, standardized, lower_rate},
    [FINDING_ZEROS] = {small_for_zeros},
    [FINDING_FLAT] = {relu_for_squeezing, xavier, standardized, adam},
    [FINDING_CLIPPED] = {drop_clip},
    [FINDING_DECAY] = {less_decay, less_penalty},
    [FINDING_OVERFIT] = {keep_best},
    [FINDING_NOISE] = {found_rate, larger_batch},
    [FINDING_SADDLE] = {small_for_zeros, adam, he},
    [FINDING_ORDER] = {drop_shuffle},
    [FINDING_LARGE] = {xavier, he, lower_rate},
    [FINDING_PENALTY] = {less_decay},
    [FINDING_SUSPECT] = {lower_rate, higher_rate, low_rate, high_rate, far_lower_rate,
                         far_higher_rate},
};

/* Changes in the order of their places: the sort is stable, for two at one place. */
static void apply(Fixing *fixing, Text *fixed) {
  Change *changes = fixing->changes;
  for (int i = 1; i < fixing->change_count; i++)
    for (int k = i; k > 0 && changes[k].start < changes[k - 1].start; k--) {
      Change other = changes[k];
      changes[k] = changes[k - 1];
      changes[k - 1] = other;
    }
  uint32_t at = 0;
  for (int i = 0; i < fixing->change_count; i++) {
    if (changes[i].start < at) continue;
    text_add(fixed, fixing->source->text + at, changes[i].start - at);
    text_string(fixed, changes[i].text);
    at = changes[i].end;
  }
  text_add(fixed, fixing->source->text + at, fixing->source->length - at);
}

bool fix_make(const Sources *sources, const Finding *finding, int which, Text *fixed, Text *what) {
  MakeChange make = (size_t)finding->kind < sizeof CHANGES / sizeof *CHANGES
                        ? CHANGES[finding->kind][which]
                        : NULL;
  uint32_t file = finding->train.file;
  Source *source = source_at(sources, file);
  if (!make || !source || source->library) return false;
  Fixing fixing = {.finding = finding, .source = source, .file = file};
  if (finding->diag.span.file == file)
    source_line(source, source_place(sources, finding->diag.span).line, &fixing.line_start,
                &fixing.line_end);
  read_tokens(&fixing);
  bool fits = make(&fixing) && fixing.change_count > 0;
  mem_free(fixing.tokens);
  if (!fits) return false;
  apply(&fixing, fixed);
  text_string(what, fixing.what);
  return true;
}
