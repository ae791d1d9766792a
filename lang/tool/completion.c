/* completion.c — completions for bash, zsh and fish, from the tables of commands and options.
 *
 * Commands and options are written into the script; for the names after `gd doc` the script calls
 * gd (`gd doc --names`), so that they are those of the installed gd.
 */
#include "lang/tool/completion.h"

#include <stdio.h>
#include <string.h>

typedef struct Row {
  const char *name, *value, *sentence;
  bool command;
} Row;

static const Row ROWS[] = {
#define COMMAND(KIND, word, form, sentence, about) {word, NULL, sentence, true},
#include "lang/tool/commands.def"
#undef COMMAND
#define OPTION(name, value, read, commands, sentence) {name, value, sentence, false},
#include "lang/tool/options.def"
#undef OPTION
};

static void add_names(bool commands, Text *out) {
  bool some = false;
  for (int i = 0; i < COUNT_OF(ROWS); i++) {
    if (ROWS[i].command != commands || !*ROWS[i].name) continue;
    text_format(out, "%s%s", some ? " " : "", ROWS[i].name);
    some = true;
  }
}

static bool takes_folder(const Row *row) {
  return row->value && (strcmp(row->value, "DIR") == 0 || strcmp(row->value, "FILE") == 0);
}

static void bash(Text *out) {
  text_string(out, "# bash completion for gd, made by `gd doc --completion bash`\n_gd() {\n"
                   "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
                   "command=${COMP_WORDS[1]}\n  COMPREPLY=()\n  case $before in\n");
  for (int i = 0; i < COUNT_OF(ROWS); i++)
    if (takes_folder(&ROWS[i]))
      text_format(out, "    %s) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", ROWS[i].name);
  text_string(
      out, "    --color) COMPREPLY=($(compgen -W 'auto always never' -- \"$word\")); return ;;\n"
           "    --completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")); return ;;\n"
           "  esac\n  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W '");
  add_names(false, out);
  text_string(out,
              "' -- \"$word\"))\n  elif [[ $command == doc && $COMP_CWORD -gt 1 ]]; then\n"
              "    local IFS=$'\\n'\n    COMPREPLY=($(compgen -W \"$(gd doc --names 2>/dev/null)\" "
              "-- \"$word\"))\n  else\n    COMPREPLY=($(compgen -f -X '!*.gd' -- \"$word\") "
              "$(compgen -d -- \"$word\"))\n    [[ $COMP_CWORD -eq 1 ]] && "
              "COMPREPLY+=($(compgen -W '");
  add_names(true, out);
  text_string(out, "' -- \"$word\"))\n  fi\n}\ncomplete -o filenames -F _gd gd\n");
}

/* In single quotes, as zsh's and fish's descriptions stand. */
static void add_quoted(const char *text, const char *escaped, Text *out) {
  for (; *text; text++) {
    if (*text == '\'') text_string(out, "'\\''");
    else if (strchr(escaped, *text)) text_format(out, "\\%c", *text);
    else text_char(out, *text);
  }
}

static void zsh(Text *out) {
  text_string(out,
              "#compdef gd\n# zsh completion for gd, made by `gd doc --completion zsh`\n_gd() {\n"
              "  local -a commands options\n  commands=(\n");
  for (int i = 0; i < COUNT_OF(ROWS); i++) {
    if (!ROWS[i].command || !*ROWS[i].name) continue;
    text_format(out, "    '%s:", ROWS[i].name);
    add_quoted(ROWS[i].sentence, ":", out);
    text_string(out, "'\n");
  }
  text_string(out, "  )\n  options=(\n");
  for (int i = 0; i < COUNT_OF(ROWS); i++) {
    if (ROWS[i].command) continue;
    text_format(out, "    '%s[", ROWS[i].name);
    add_quoted(ROWS[i].sentence, "[]:", out);
    text_string(out, "]");
    if (ROWS[i].value)
      text_format(out, ":%s:%s", ROWS[i].value, takes_folder(&ROWS[i]) ? "_files" : "");
    text_string(out, "'\n");
  }
  text_string(
      out, "  )\n  if (( CURRENT > 2 )) && [[ $words[2] == doc && $PREFIX != -* ]]; then\n"
           "    local -a names\n    names=(${(f)\"$(gd doc --names 2>/dev/null)\"})\n"
           "    compadd -a names\n    return\n  fi\n"
           "  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then _describe command commands; fi\n"
           "  _arguments -s $options '*:file:_files'\n}\n_gd \"$@\"\n");
}

static void fish(Text *out) {
  text_string(out, "# fish completion for gd, made by `gd doc --completion fish`\n");
  for (int i = 0; i < COUNT_OF(ROWS); i++) {
    const Row *row = &ROWS[i];
    if (!*row->name) continue;
    if (row->command) {
      text_format(out, "complete -c gd -n __fish_use_subcommand -a %s -d '", row->name);
    } else {
      bool brief = row->name[1] != '-';
      text_format(out, "complete -c gd %s %s %s -d '", brief ? "-s" : "-l",
                  row->name + (brief ? 1 : 2),
                  !row->value         ? ""
                  : takes_folder(row) ? "-r -F"
                                      : "-x");
    }
    add_quoted(row->sentence, "", out);
    text_string(out, "'\n");
  }
  text_string(out,
              "complete -c gd -n '__fish_seen_subcommand_from doc' -f -a '(gd doc --names)'\n");
}

int completion_write(Session *session, const char *shell, Text *out) {
  static const struct {
    const char *name;
    void (*write)(Text *out);
  } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
  for (int i = 0; i < COUNT_OF(shells); i++) {
    if (strcmp(shells[i].name, shell) != 0) continue;
    shells[i].write(out);
    return 0;
  }
  Diag diag = {0};
  diag_fail(&diag, STATUS_USAGE, (Span){0}, "--completion: `%.80s` is not one of its shells",
            shell);
  diag_help(&diag, "bash, zsh or fish");
  session_say(session, &diag);
  return STATUS_USAGE;
}
