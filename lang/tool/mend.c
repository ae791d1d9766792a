/* mend.c — see mend.h.
 *
 * A change is made in the text of the script, by its tokens, so that it can be shown as lines,
 * saved in a file, and run exactly as the user would run it.  Changes are: leaving out or inserting
 * layers and activations, replacing a word or a number, adding or leaving out a clause of the
 * training, scaling data.
 *
 * Nothing here knows whether a change helps: doctor.c runs it to find out.  So a change may be
 * speculative, and one that does not fit the script simply fails there.
 *
 * To add one: a function `bool change(Mending *mending)` and its row in CHANGES, in the order in
 * which they are tried.
 */
#include "lang/tool/mend.h"

#include "lang/syntax/lexer.h"

#include <stdio.h>
#include <string.h>

enum { CHANGES_MOST = 48 };

typedef struct Change {
  uint32_t start, end; /* bytes that go */
  char text[240];      /* what comes there */
} Change;

typedef struct Mending {
  const Finding *finding;
  const Source *source;
  uint32_t file;
  Token *tokens; /* owned */
  int count;
  uint32_t line_start, line_end; /* the verdict's line, in bytes */
  Change changes[CHANGES_MOST];
  int change_count;
  char what[200];
} Mending;

/* ---- tokens ---- */

static void read_tokens(Mending *mending) {
  Report report = {0};
  Lexer lexer;
  int capacity = 0;
  lexer_start(&lexer, mending->source, mending->file, &report);
  for (Token token = lexer_next(&lexer); token.kind != TOKEN_END; token = lexer_next(&lexer)) {
    if (token.start == token.end) continue;
    if (mending->count == capacity) {
      capacity = capacity ? 2 * capacity : 256;
      mending->tokens = mem_grow(mending->tokens, (size_t)capacity * sizeof(Token));
    }
    mending->tokens[mending->count++] = token;
  }
  report_clear(&report);
}

static bool is(const Mending *mending, int at, const char *word) {
  if (at < 0 || at >= mending->count) return false;
  Token token = mending->tokens[at];
  size_t length = strlen(word);
  return token.end - token.start == length &&
         !memcmp(mending->source->text + token.start, word, length);
}

static bool is_number(const Mending *mending, int at) {
  if (at < 0 || at >= mending->count) return false;
  char first = mending->source->text[mending->tokens[at].start];
  return first >= '0' && first <= '9';
}

static bool upper(const Mending *mending, int at) {
  char first = mending->source->text[mending->tokens[at].start];
  return first >= 'A' && first <= 'Z';
}

static bool in_span(const Mending *mending, int at, Span span) {
  Token token = mending->tokens[at];
  return span.file == mending->file && token.start >= span.start && token.end <= span.end;
}

static bool on_line(const Mending *mending, int at) {
  Token token = mending->tokens[at];
  return token.start >= mending->line_start && token.start < mending->line_end;
}

/* The bracket that closes the one at this token, or -1. */
static int closing(const Mending *mending, int at) {
  int depth = 0;
  for (int i = at; i < mending->count; i++) {
    if (is(mending, i, "(") || is(mending, i, "[") || is(mending, i, "{")) depth++;
    if (is(mending, i, ")") || is(mending, i, "]") || is(mending, i, "}")) depth--;
    if (depth == 0) return i;
  }
  return -1;
}

/* The comma that ends the first argument after the bracket, or -1. */
static int comma_after(const Mending *mending, int at) {
  int depth = 0;
  for (int i = at; i < mending->count; i++) {
    if (is(mending, i, "(") || is(mending, i, "[") || is(mending, i, "{")) depth++;
    if (is(mending, i, ")") || is(mending, i, "]") || is(mending, i, "}")) depth--;
    if (depth == 0) return -1;
    if (depth == 1 && is(mending, i, ",")) return i;
  }
  return -1;
}

static bool change(Mending *mending, uint32_t start, uint32_t end, const char *text) {
  if (mending->change_count == CHANGES_MOST) return false;
  Change *made = &mending->changes[mending->change_count++];
  made->start = start;
  made->end = end;
  return (size_t)snprintf(made->text, sizeof made->text, "%s", text) < sizeof made->text;
}

static bool change_token(Mending *mending, int at, const char *text) {
  return change(mending, mending->tokens[at].start, mending->tokens[at].end, text);
}

static bool told(Mending *mending, const char *what) {
  snprintf(mending->what, sizeof mending->what, "%s", what);
  return mending->change_count > 0;
}

/* The token after `name:`, within a span (file 0: on the verdict's line, else anywhere); or -1. */
static int clause_at(const Mending *mending, const char *name, Span span) {
  int found = -1;
  for (int i = 0; i + 2 < mending->count; i++) {
    if (!is(mending, i, name) || !is(mending, i + 1, ":")) continue;
    if (span.file && !in_span(mending, i, span)) continue;
    if (on_line(mending, i)) return i + 2;
    if (found < 0 || span.file) found = i + 2;
  }
  return found;
}

/* ---- words ---- */

/* As a layer of a chain, a call around a value, or a part of a pipe. */
static bool leave_out_at(Mending *mending, int at) {
  const Token *tokens = mending->tokens;
  bool call = is(mending, at + 1, "("), after = is(mending, at - 1, ",");
  bool layer = upper(mending, at);
  int end = call ? closing(mending, at + 1) : at;
  if (end < 0) return false;
  if (is(mending, at - 1, "|>")) return change(mending, tokens[at - 1].start, tokens[end].end, "");
  if (after && (!call || layer)) return change(mending, tokens[at - 1].start, tokens[end].end, "");
  if (!call || layer) return false;
  int comma = comma_after(mending, at + 1);
  if (comma > 0 && !change(mending, tokens[comma].start, tokens[end].start, "")) return false;
  return change(mending, tokens[at].start, tokens[at].end, "");
}

/* Where the verdict points first, from the right; then from the end of the script. */
static bool leave_out(Mending *mending, const char *word) {
  for (int pass = 0; pass < 2; pass++)
    for (int i = mending->count; i-- > 0;)
      if (is(mending, i, word) && on_line(mending, i) == (pass == 0) && leave_out_at(mending, i)) {
        snprintf(mending->what, sizeof mending->what, "leave `%s` out", word);
        return true;
      }
  return false;
}

static bool leave_out_word(Mending *mending) { return leave_out(mending, mending->finding->word); }

/* Every one of the verdict's line, and where the training has them. */
static bool leave_all_out(Mending *mending) {
  const char *word = mending->finding->word;
  int found = 0;
  for (int i = 0; i < mending->count; i++)
    if (is(mending, i, word) && leave_out_at(mending, i)) found++;
  snprintf(mending->what, sizeof mending->what, "leave out `%s` everywhere", word);
  return found > 1;
}

static bool leave_out_dropout(Mending *mending) {
  return leave_out(mending, "Dropout") || leave_out(mending, "dropout");
}

/* The word for another one, where it is called or is a layer; not where it ends a chain. */
static bool replace_word(Mending *mending, const char *word, const char *other) {
  bool found = false;
  for (int i = 1; i < mending->count; i++) {
    bool last = is(mending, i + 1, ")") && is(mending, i - 1, ",");
    bool named = is(mending, i + 1, ":") || is(mending, i - 1, ".") || is(mending, i - 1, "fn") ||
                 is(mending, i + 1, "=");
    if (!is(mending, i, word) || last || named) continue;
    if (!change_token(mending, i, other)) return false;
    found = true;
  }
  if (found) snprintf(mending->what, sizeof mending->what, "`%s` instead of `%s`", other, word);
  return found;
}

static bool relu_for_squeezing(Mending *mending) {
  bool sigmoid = replace_word(mending, "sigmoid", "relu");
  bool tanh = replace_word(mending, "tanh", "relu");
  return (sigmoid || tanh) && told(mending, "`relu` instead of the saturating activations");
}

static bool normalized_between(Mending *mending) {
  bool found = false;
  for (int i = 1; i < mending->count; i++) {
    bool squeezes = is(mending, i, "sigmoid") || is(mending, i, "tanh") || is(mending, i, "relu");
    if (!squeezes || !is(mending, i - 1, ",") || !is_number(mending, i - 3)) continue;
    int open = i - 2;
    while (open > 0 && closing(mending, open) != i - 2) open--;
    if (!is(mending, open - 1, "Dense")) continue;
    char layer_text[240];
    Token width = mending->tokens[i - 3];
    snprintf(layer_text, sizeof layer_text, "BatchNorm(%.*s), ", (int)(width.end - width.start),
             mending->source->text + width.start);
    Token token = mending->tokens[i];
    if (!change(mending, token.start, token.start, layer_text)) return false;
    found = true;
  }
  return found && told(mending, "BatchNorm before each activation");
}

static bool leaky(Mending *mending) { return replace_word(mending, "relu", "leaky_relu"); }

/* ---- layers ---- */

/* An activation between layers that stand side by side. */
static bool put_between(Mending *mending) {
  bool found = false;
  for (int i = 0; i + 2 < mending->count; i++) {
    bool layer = is(mending, i, "Dense") || is(mending, i, "Conv2d");
    int end = layer && is(mending, i + 1, "(") ? closing(mending, i + 1) : -1;
    bool next = end > 0 && is(mending, end + 1, ",") &&
                (is(mending, end + 2, "Dense") || is(mending, end + 2, "Conv2d"));
    if (!next) continue;
    uint32_t at = mending->tokens[end + 2].start;
    if (!change(mending, at, at, "relu, ")) return false;
    found = true;
  }
  return found && told(mending, "`relu` between the layers");
}

/* relu(x @ A) @ B for x @ A @ B. */
static bool put_between_products(Mending *mending) {
  for (int i = 1; i + 3 < mending->count; i++) {
    bool products = is(mending, i, "@") && is(mending, i + 2, "@") && on_line(mending, i);
    if (!products) continue;
    if (!change(mending, mending->tokens[i - 1].start, mending->tokens[i - 1].start, "relu("))
      return false;
    uint32_t at = mending->tokens[i + 1].end;
    return change(mending, at, at, ")") && told(mending, "`relu` between the products");
  }
  return false;
}

static bool width_of_classes(Mending *mending) {
  for (int i = mending->count; i-- > 0;) {
    if (!is(mending, i, "Dense") || !is(mending, i + 1, "(")) continue;
    int end = closing(mending, i + 1), comma = comma_after(mending, i + 1);
    if (end < 0 || comma < 0 || !is_number(mending, comma + 1)) continue;
    char number[40];
    snprintf(number, sizeof number, "%.0f", mending->finding->number);
    if (!change_token(mending, comma + 1, number)) return false;
    return told(mending, "as many outputs as there are classes");
  }
  return false;
}

/* ---- numbers ---- */

/* The last token of the expression that begins here: before a comma, a `;`, a line or a bracket. */
static int value_end(const Mending *mending, int at) {
  int end = at - 1;
  for (int i = at; i < mending->count; i++) {
    bool opens = is(mending, i, "(") || is(mending, i, "[") || is(mending, i, "{");
    bool ends = is(mending, i, ",") || is(mending, i, ";") || is(mending, i, ")") ||
                is(mending, i, "]") || is(mending, i, "}");
    if (ends || mending->tokens[i].kind == TOKEN_NL) break;
    if (opens && (i = closing(mending, i)) < 0) break;
    end = i;
  }
  return end;
}

/* The optimizer's call that is meant: the verdict's, the training's. */
static int optimizer_call(const Mending *mending) {
  for (int i = 0; i + 1 < mending->count; i++)
    if (in_span(mending, i, mending->finding->diag.span) && is(mending, i + 1, "(") &&
        upper(mending, i))
      return i;
  return clause_at(mending, "optimizer", mending->finding->train);
}

/* Where the rate stands: `lr: …` or the first argument; -1: nowhere. */
static int rate_at(const Mending *mending) {
  int call = optimizer_call(mending), end = call < 0 ? -1 : closing(mending, call + 1);
  if (call < 0 || !is(mending, call + 1, "(") || end < 0)
    return clause_at(mending, "lr", (Span){0});
  Span inside = {mending->file, mending->tokens[call].start, mending->tokens[end].end};
  int at = clause_at(mending, "lr", inside);
  if (at < 0 && is_number(mending, call + 2)) return call + 2;
  return at;
}

static bool rate(Mending *mending, double number, double factor) {
  int at = rate_at(mending);
  char text[180];
  if (at >= 0) {
    int end = value_end(mending, at);
    if (is(mending, at, "option") && is(mending, at + 1, "(")) { /* its default */
      int comma = comma_after(mending, at + 1);
      if (comma < 0) return false;
      at = comma + 1;
      end = value_end(mending, at);
    }
    if (end < at || is(mending, at, "auto") ||
        (!is_number(mending, at) && is(mending, at + 1, "(")))
      return false;
    Token first = mending->tokens[at], last = mending->tokens[end];
    int length = (int)(last.end - first.start);
    const char *old = mending->source->text + first.start;
    double value = 0;
    if (factor > 0 && at == end && is_number(mending, at) && sscanf(old, "%lf", &value) == 1)
      number = value * factor;
    if (number > 0) snprintf(text, sizeof text, "%.3g", number);
    else if (snprintf(text, sizeof text, at == end ? "%.3g * %.*s" : "%.3g * (%.*s)", factor,
                      length, old) > 100)
      return false;
    snprintf(mending->what, sizeof mending->what, "lr: %s", text);
    return change(mending, first.start, last.end, text);
  }
  at = optimizer_call(mending);
  if (factor > 0 || at < 0 || !is(mending, at + 1, "(")) return false;
  snprintf(mending->what, sizeof mending->what, "lr: %.3g", number);
  snprintf(text, sizeof text, "lr: %.3g%s", number, is(mending, at + 2, ")") ? "" : ", ");
  uint32_t place = mending->tokens[at + 1].end;
  return change(mending, place, place, text);
}

static bool found_rate(Mending *mending) { return rate(mending, mending->finding->number, 0); }
static bool lower_rate(Mending *mending) { return rate(mending, 0, 0.1); }
static bool far_lower_rate(Mending *mending) { return rate(mending, 0, 0.001); }
static bool low_rate(Mending *mending) { return rate(mending, 0, 0.01); }
static bool higher_rate(Mending *mending) { return rate(mending, 0, 10); }
static bool high_rate(Mending *mending) { return rate(mending, 0, 300); }
static bool far_higher_rate(Mending *mending) { return rate(mending, 0, 10000); }

static bool less_decay(Mending *mending) {
  int at = clause_at(mending, "weight_decay", (Span){0});
  return at >= 0 && is_number(mending, at) && change_token(mending, at, "0.0001") &&
         told(mending, "weight_decay: 0.0001");
}

/* 0.5 * l2(net): a factor of 0.0001 */
static bool less_penalty(Mending *mending) {
  for (int i = 0; i + 2 < mending->count; i++) {
    bool penalty = is(mending, i + 2, "l1") || is(mending, i + 2, "l2") ||
                   is(mending, i + 2, "sum");
    if (!is_number(mending, i) || !is(mending, i + 1, "*") || !penalty) continue;
    return change_token(mending, i, "0.0001") && told(mending, "0.0001 times the penalty");
  }
  return false;
}

static bool larger_batch(Mending *mending) {
  int at = clause_at(mending, "batch", mending->finding->train);
  char text[40];
  double value = 0;
  if (at < 0 || !is_number(mending, at)) return false;
  Token token = mending->tokens[at];
  snprintf(text, sizeof text, "%.*s", (int)(token.end - token.start),
           mending->source->text + token.start);
  if (sscanf(text, "%lf", &value) != 1) return false;
  snprintf(text, sizeof text, "%.0f", value * 8);
  return change_token(mending, at, text) && told(mending, "a larger batch");
}

static bool adam(Mending *mending) {
  int at = clause_at(mending, "optimizer", mending->finding->train);
  if (at < 0 || !is(mending, at + 1, "(") || is(mending, at, "Adam")) return false;
  int end = closing(mending, at + 1);
  return end > 0 &&
         change(mending, mending->tokens[at].start, mending->tokens[end].end, "Adam(lr: 0.01)") &&
         told(mending, "Adam(lr: 0.01)");
}

/* ---- first values ---- */

static bool leave_out_and_lower(Mending *mending) {
  return rate(mending, 0, 0.1) && leave_out_word(mending) &&
         told(mending, "leave it out, and a tenth of the rate");
}

static bool small_for_zeros(Mending *mending) {
  bool found = false;
  for (int i = 2; i < mending->count; i++) {
    if (!is(mending, i, "zeros") || !is(mending, i + 1, "(")) continue;
    bool bare = is(mending, i - 1, "(") && is(mending, i - 2, "param");
    bool member = is(mending, i - 1, "=") && is(mending, i - 3, "param") &&
                  comma_after(mending, i + 1) > 0;
    if (!bare && !member) continue;
    if (!change_token(mending, i, "0.1 * randn")) return false;
    found = true;
  }
  return found && told(mending, "first values that are not zeros");
}

/* randn(n, m) * s is replaced whole: its scale is what is wrong. */
static bool scaled_first_values(Mending *mending, const char *with, const char *what) {
  bool found = false;
  for (int i = 1; i < mending->count; i++) {
    if (!is(mending, i, "randn") || !is(mending, i + 1, "(")) continue;
    int end = closing(mending, i + 1), comma = comma_after(mending, i + 1), start = i;
    if (end < 0 || comma < 0) continue;
    bool param = false;
    for (int k = i; k-- > 0 && k + 8 > i;) param |= is(mending, k, "param");
    if (!param) continue;
    if (is(mending, i - 1, "*") && is_number(mending, i - 2)) start = i - 2;
    if (is(mending, end + 1, "*") && is_number(mending, end + 2)) {
      if (!change(mending, mending->tokens[end].end, mending->tokens[end + 2].end, ""))
        return false;
    }
    if (!change(mending, mending->tokens[start].start, mending->tokens[i].end, with)) return false;
    found = true;
  }
  return found && told(mending, what);
}

static bool xavier(Mending *mending) {
  return scaled_first_values(mending, "xavier_normal", "xavier_normal for the first values");
}

static bool he(Mending *mending) {
  return scaled_first_values(mending, "he_normal", "he_normal for the first values");
}

/* A param that begins with full(n, value: …) begins with zeros(n). */
static bool zeros_for_full(Mending *mending) {
  bool found = false;
  for (int i = 2; i < mending->count; i++) {
    bool param = is(mending, i - 3, "param") || is(mending, i - 2, "param");
    if (!is(mending, i, "full") || !is(mending, i + 1, "(") || !param) continue;
    int end = closing(mending, i + 1), comma = comma_after(mending, i + 1);
    if (end < 0 || comma < 0 || !change_token(mending, i, "zeros")) return false;
    if (!change(mending, mending->tokens[comma].start, mending->tokens[end].start, ""))
      return false;
    found = true;
  }
  return found && told(mending, "zeros for the first values of the offsets");
}

/* ---- clauses ---- */

static bool add_clause(Mending *mending, const char *clause) {
  for (int i = 0; i + 1 < mending->count; i++) {
    bool loss = is(mending, i, "loss") && is(mending, i + 1, ":");
    if (!loss || !in_span(mending, i, mending->finding->train)) continue;
    char text[240];
    snprintf(text, sizeof text, "%s%s", clause, mending->tokens[i].first ? "\n  " : "; ");
    uint32_t at = mending->tokens[i].start;
    return change(mending, at, at, text) && told(mending, clause);
  }
  return false;
}

static bool clip(Mending *mending) { return add_clause(mending, "clip: (norm: 1.0)"); }
static bool keep_best(Mending *mending) { return add_clause(mending, "keep: best(val_loss)"); }

static bool clip_and_lower(Mending *mending) {
  return rate(mending, 0, 0.1) && clip(mending) &&
         told(mending, "clip: (norm: 1.0) and a tenth of the rate");
}

/* The clause and its value; a value is one token, or a bracket. */
static bool drop_clause(Mending *mending, const char *name) {
  int at = clause_at(mending, name, mending->finding->train);
  if (at < 0) return false;
  int end = is(mending, at, "(") ? closing(mending, at) : at;
  if (end < 0) return false;
  if (is(mending, end + 1, ";")) end++;
  snprintf(mending->what, sizeof mending->what, "without `%s:`", name);
  return change(mending, mending->tokens[at - 2].start, mending->tokens[end].end, "");
}

static bool drop_clip(Mending *mending) { return drop_clause(mending, "clip"); }
static bool drop_shuffle(Mending *mending) { return drop_clause(mending, "shuffle"); }

/* ---- data ---- */

static bool wrap(Mending *mending, Span span, const char *before, const char *after) {
  return span.file == mending->file && change(mending, span.start, span.start, before) &&
         change(mending, span.end, span.end, after);
}

static bool standardized(Mending *mending) {
  const Finding *finding = mending->finding;
  Span data = finding->data, held = finding->validate;
  char after[240];
  if (!data.file || !wrap(mending, data, "standardize(", ")")) return false;
  if (held.file) {
    int length = (int)(data.end - data.start), own = (int)(held.end - held.start);
    bool fits = (size_t)snprintf(after, sizeof after, "standardize(%.*s, %.*s)[1]", length,
                                 mending->source->text + data.start, own,
                                 mending->source->text + held.start) < sizeof after;
    if (!fits || !change(mending, held.start, held.end, after)) return false;
  }
  return told(mending, "scale the inputs");
}

/* The scaling as the net's first layer, from data that are there before the net. */
static bool scaling_first(Mending *mending) {
  Span data = mending->finding->data;
  if (data.file != mending->file) return false;
  char layer[240];
  int length = (int)(data.end - data.start);
  bool fits = (size_t)snprintf(layer, sizeof layer, "Standardize(%.*s), ", length,
                               mending->source->text + data.start) < sizeof layer;
  for (int i = 0; fits && i + 2 < mending->count; i++) {
    bool net = is(mending, i, "=") && is(mending, i + 1, "chain") && is(mending, i + 2, "(");
    uint32_t at = mending->tokens[i + 2].end;
    if (net) return change(mending, at, at, layer) && told(mending, "scale the inputs in the net");
  }
  return false;
}

/* `let NAME = …`, or `let (NAME, OTHER) = …` for several: its `let`, or -1. */
static int definition_of(const Mending *mending, Span name, bool several) {
  int length = (int)(name.end - name.start), found = -1;
  const char *text = mending->source->text;
  for (int i = 0; i + 3 < mending->count && mending->tokens[i].start < name.start; i++) {
    int at = i + (several ? 2 : 1);
    Token token = mending->tokens[at];
    bool same = token.end - token.start == (uint32_t)length &&
                !memcmp(text + token.start, text + name.start, (size_t)length);
    bool opens = !several || is(mending, i + 1, "(");
    if (is(mending, i, "let") && same && opens && is(mending, at + 1, several ? "," : "="))
      found = i;
  }
  return found;
}

/* What the script calls its data is scaled where it is made, for all that comes after it. */
static bool scaled_where_made(Mending *mending) {
  Span data = mending->finding->data;
  if (data.file != mending->file) return false;
  for (int several = mending->finding->validate.file != 0; several < 2; several++) {
    int at = definition_of(mending, data, several);
    while (at >= 0 && at < mending->count && !is(mending, at, "=")) at++;
    int end = at < 0 ? -1 : value_end(mending, at + 1);
    if (end <= at) continue;
    Token first = mending->tokens[at + 1], last = mending->tokens[end];
    return change(mending, first.start, first.start, "standardize(") &&
           change(mending, last.end, last.end, several ? "...)" : ")") &&
           told(mending, "scale the inputs where they are made");
  }
  return false;
}

/* ---- which changes are for which verdict ---- */

typedef bool (*MakeChange)(Mending *mending);

static const MakeChange CHANGES[][MENDS_MOST] = {
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
static void apply(Mending *mending, Text *mended) {
  Change *changes = mending->changes;
  for (int i = 1; i < mending->change_count; i++)
    for (int k = i; k > 0 && changes[k].start < changes[k - 1].start; k--) {
      Change other = changes[k];
      changes[k] = changes[k - 1];
      changes[k - 1] = other;
    }
  uint32_t at = 0;
  for (int i = 0; i < mending->change_count; i++) {
    if (changes[i].start < at) continue;
    text_add(mended, mending->source->text + at, changes[i].start - at);
    text_string(mended, changes[i].text);
    at = changes[i].end;
  }
  text_add(mended, mending->source->text + at, mending->source->length - at);
}

bool mend_make(const Sources *sources, const Finding *finding, int which, Text *mended,
               Text *what) {
  MakeChange make = (size_t)finding->kind < sizeof CHANGES / sizeof *CHANGES
                        ? CHANGES[finding->kind][which]
                        : NULL;
  uint32_t file = finding->train.file;
  Source *source = source_at(sources, file);
  if (!make || !source || source->library) return false;
  Mending mending = {.finding = finding, .source = source, .file = file};
  if (finding->diag.span.file == file)
    source_line(source, source_place(sources, finding->diag.span).line, &mending.line_start,
                &mending.line_end);
  read_tokens(&mending);
  bool fits = make(&mending) && mending.change_count > 0;
  mem_free(mending.tokens);
  if (!fits) return false;
  apply(&mending, mended);
  text_string(what, mending.what);
  return true;
}
