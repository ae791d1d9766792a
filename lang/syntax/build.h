/* build.h — the constructors that the grammar's actions call.
 *
 * A Parser is the state of one parse: the source's arena for nodes, the table of names, the report
 * for errors.  Constructors take tokens and finished nodes and return a node in the arena; NULL
 * stands for a part that is not written.  The keyword's or operator's token says what is made, so
 * one constructor serves many rules.  Lists grow in the arena; a list's items become the node's.
 */
#ifndef GD_LANG_BUILD_H
#define GD_LANG_BUILD_H

#include "lang/syntax/ast.h"
#include "lang/syntax/lexer.h"

enum { ARGUMENT_LIMIT = 65535 }; /* arguments of a call, parameters of a function (FAULTS.md, B7) */

/* a name with letters of other scripts than Latin, for the warning about look-alikes */
typedef struct OddName {
  const char *name; /* interned */
  Span span;        /* where it first appeared */
} OddName;

typedef struct Parser {
  Source *source; /* borrowed */
  uint32_t file;  /* its number */
  Names *names;   /* borrowed */
  Report *report; /* borrowed */
  Lexer lexer;
  Ast *tree;      /* the BLOCK of the whole file, once it is reduced */
  Token previous; /* the token shifted before the one in hand */
  bool failed;    /* a syntax error was met and recovery is due */
  /* a syntax error was met at the end of the text: more input might mend it */
  bool ended;
  bool overflowed; /* nested too deeply: the parse ends */
  OddName *odd;    /* in the arena */
  int odd_count;
  AstNumber *numbers; /* of the open brackets that are packed (packing.c); owned */
  size_t number_count, number_capacity;
  /* what packing needs no more, and the next takes: nodes, blocks of numbers, lists */
  Ast *spare[2];
  AstNumbers *spare_blocks[NUMBERS_AXES]; /* by axes, less one */
  struct AstList *spare_lists;            /* linked by their Packing */
} Parser;

typedef struct Packing Packing;

typedef struct AstList {
  Ast **items; /* in the arena */
  uint32_t count;
  uint32_t capacity;
  bool comma; /* a comma stands after the last item */
  /* `[item for pattern in over if condition]`: the item is items[0]; else NULL */
  Ast *pattern, *over, *condition;
  Packing *packing; /* while its items are numbers, which are then not in items; else NULL */
} AstList;

typedef struct ParamList {
  AstParam *items; /* in the arena */
  int count;
  int capacity;
  uint32_t end; /* one past the closing parenthesis */
} ParamList;

typedef struct Run { /* the part between `train` and its `{` */
  AstList *targets;  /* or NULL */
  Ast *pattern;      /* of `on`, or NULL */
  Ast *data;         /* of `in`, or NULL */
} Run;

Ast *build_node(Parser *b, AstKind kind, Span span); /* without parts */

/* lists: item NULL adds nothing */
AstList *list_start(Parser *b, Ast *item);
AstList *list_add(Parser *b, AstList *list, Ast *item);
AstList *list_comma(AstList *list);
/* condition NULL: every item */
AstList *list_for(Parser *b, Ast *item, Ast *pattern, Ast *over, Ast *condition);
AstList *pieces_start(Parser *b, Ast *expr);
AstList *pieces_add(Parser *b, AstList *pieces, Token mid, Ast *expr);
ParamList *params_start(Parser *b, AstParam *param);
ParamList *params_add(Parser *b, ParamList *params, AstParam *param);
/* params NULL: there are none */
ParamList *params_end(Parser *b, ParamList *params, Token close);
AstParam *build_param(Parser *b, Token name, Ast *shape, Ast *fallback);
AstParam *build_rest(Parser *b, Token name);
Run *run_on(Parser *b, Ast *pattern, Ast *data);
Run *run_targets(Parser *b, Run *run, AstList *targets); /* run NULL: without `on` */

/* statements */
Ast *build_file(Parser *b, AstList *items);
Ast *build_block(Parser *b, Token open, AstList *items, Token close);
Ast *build_let(Parser *b, Token word, Ast *pattern, Ast *value);
/* param, buffer, state */
Ast *build_member(Parser *b, Token word, Token name, Ast *shape, Ast *value);
Ast *build_assign(Parser *b, Ast *target, Token op, Ast *value); /* `=` and `+=` */
AstFunction *build_head(Parser *b, Token word, Token name, ParamList *params, Ast *result);
AstFunction *build_nameless(Parser *b, Token word, ParamList *params, Ast *result);
Ast *build_declaration(Parser *b, AstFunction *head, Ast *body);
Ast *build_function(Parser *b, AstFunction *head, Ast *body); /* an expression */
Ast *build_for(Parser *b, Token word, Ast *pattern, Ast *over, Ast *body);
Ast *build_while(Parser *b, Token word, Ast *condition, Ast *body);
Ast *build_return(Parser *b, Token word, Ast *value);
/* break, continue, true, false, none */
Ast *build_word(Parser *b, Token word);
Ast *build_import(Parser *b, Token word, Token path);
Ast *build_test(Parser *b, Token word, Token title, Ast *body);

/* parts */
Ast *build_pattern_name(Parser *b, Token name);
Ast *build_pattern(Parser *b, Token open, AstList *items, Token close);
/* start: a name, or `[`; end: the same name, or `]` */
Ast *build_shape(Parser *b, Token start, AstList *dims, Token end);
Ast *build_dimension(Parser *b, Ast *expr);
Ast *build_any_axes(Parser *b, Token dots);
Ast *build_clause(Parser *b, Token key, Ast *value);
Ast *build_update_clause(Parser *b, Ast *update);
Ast *build_argument(Parser *b, Ast *value);
Ast *build_spread(Parser *b, Ast *value, Token dots);
Ast *build_named(Parser *b, Token name, Ast *value);
Ast *build_subscript(Parser *b, Ast *expr);
Ast *build_slice(Parser *b, Token colon, Ast *start, Ast *stop);
Ast *build_stride(Parser *b, Ast *slice, Token colon, Ast *step); /* gives slice its step */

/* expressions */
Ast *build_number(Parser *b, Token token);
Ast *build_string(Parser *b, Token token);
Ast *build_interpolation(Parser *b, Token head, AstList *pieces, Token tail);
Ast *build_name(Parser *b, Token token);
/* every infix operator, `and`, `in`, `|>` too */
Ast *build_binary(Parser *b, Ast *left, Token op, Ast *right);
Ast *build_unary(Parser *b, Token op, Ast *operand);
Ast *build_range(Parser *b, Ast *first, Token dots, Ast *last, Ast *step);
Ast *build_if(Parser *b, Token word, Ast *condition, Ast *then, Ast *otherwise);
Ast *build_train(Parser *b, Token word, Run *run, AstList *clauses, Token close);
Ast *build_call(Parser *b, Ast *callee, AstList *args, Token close);
Ast *build_index(Parser *b, Ast *of, AstList *subs, Token close);
Ast *build_field(Parser *b, Ast *of, Token name);
Ast *build_item(Parser *b, Ast *of, Token fraction);
Ast *build_transposed(Parser *b, Ast *of, Token tick);
Ast *build_paren(Parser *b, Token open, AstList *args, Token close);
Ast *build_bracket(Parser *b, Token open, AstList *items, Token close);

#endif
