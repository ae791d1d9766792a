# gd's one Makefile.  `make` builds $(BUILD)/release/gd; `make help` tells the rest.
#
# Nobody edits lists here: every .c under lang/ and runtime/*/ is part of gd, every .c under tests/lang and
# tests/runtime is part of the one Criterion binary, every stdlib/*.gd is embedded.  All that is made goes under
# $(BUILD): gen/ (what re2c, Lemon and awk write), one folder a flavour (objects, gd, unit), tools/ (the tests' own programs).
#
# Flavours (MODE=…): release (asserts on), bench (asserts off), asan (address and undefined behaviour, by gcc), tsan (threads), harsh (clang's:
# every constant shrunk by -DGD_HARSH, so that rare paths run always, under clang's undefined-behaviour sanitizer, which sees what gcc's does not),
# unfused (every operation of a plan alone, to compare bits with), counted (every basic block counted, to see how work grows), fuzz (clang's,
# for libFuzzer).

BUILD   ?= build
MODE    ?= release
PREFIX  ?= /usr/local
DESTDIR ?=
READLINE ?= 1
# readline, or libedit, which leaves gd under MIT alone (lang/tool/README.md says what that cannot do)
LINE_EDITOR ?= readline
# 1: a binary that needs no shared library (but plugins, OpenBLAS and libzmq, which are loaded where they are)
STATIC ?= 0
WERROR  ?= 0
V       ?= 0

OUT   := $(BUILD)/$(MODE)
GEN   := $(BUILD)/gen
TOOLS := $(BUILD)/tools
OBJ   := $(OUT)/obj

# A line for each thing that is made; V=1 shows the commands themselves.
ifeq ($(V),1)
say =
else
say = @printf '  %-5s %s\n' $(1) $(2);
endif

# make's own default for CC is `cc`; ours is gcc, unless the caller says otherwise.
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang

# Where tests write: in memory, if there is room.
ifeq ($(origin TMPDIR),undefined)
export TMPDIR := $(shell tests/tools/scratch.sh)
endif

# As many jobs as processors, where nobody asked for another number.
ifeq ($(MAKELEVEL)$(filter -j% --jobserver%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(or $(shell nproc 2>/dev/null),2)
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wwrite-strings -Wvla
ifeq ($(WERROR),1)
WARN += -Werror
endif

# Never -ffast-math: it breaks NaN checks and equal bits.  No contraction into fused multiply-add either: whether the
# compiler does it would depend on the flavour and the compiler, and with it the bits of every result.
MATH := -ffp-contract=off -fno-math-errno -fno-trapping-math

FLAGS_release := -O2 -g
FLAGS_bench   := -O2 -g -DNDEBUG
FLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FLAGS_tsan    := -O1 -g -fsanitize=thread
FLAGS_harsh   := -O1 -g -DGD_HARSH=1 -fsanitize=undefined -fno-sanitize-recover=undefined
FLAGS_unfused := -O2 -g -DGD_UNFUSED=1
# Code asks __SANITIZE_ADDRESS__ whether freed memory must not be used again; gcc says it by itself, clang only lately.
FLAGS_fuzz    := -O1 -g -D__SANITIZE_ADDRESS__=1 -fsanitize=fuzzer-no-link,address,undefined,float-cast-overflow -fno-sanitize-recover=undefined,float-cast-overflow -fno-omit-frame-pointer
FLAGS_counted := -O1 -g -fsanitize-coverage=trace-pc
ifeq ($(MODE),counted)
COUNTED := $(TOOLS)/counted.o -Wl,--wrap=memset,--wrap=memcpy,--wrap=memmove,--wrap=memcmp,--wrap=calloc,--wrap=realloc
endif

# At a fixed place a program's tables of pointers are ready as they lie in the file; a movable one writes four thousand of them, on
# a dozen pages, at every start.  CFLAGS=-fPIE LDFLAGS=-pie has it movable.  One segment for code and constants, and none made
# read-only at the start: four mappings fewer.
ifneq ($(filter release bench,$(MODE)),)
FIXED_CFLAGS  := -fno-pie
FIXED_LDFLAGS := -no-pie -Wl,-z,noseparate-code -Wl,-z,norelro
endif

# gcc clears and copies a structure of some 100 bytes by `rep stos` and `rep movs` unless told otherwise, which take 20 ns to start:
# a tenth of a small operation.
SMALL := -mmemset-strategy=unrolled_loop:256:noalign,libcall:-1:noalign -mmemcpy-strategy=unrolled_loop:256:noalign,libcall:-1:noalign
ifneq ($(filter release bench,$(MODE)),)
FIXED_CFLAGS += $(if $(shell $(CC) $(SMALL) -E -x c /dev/null >/dev/null 2>&1 && echo yes),$(SMALL))
endif

BASE_CFLAGS := -std=c11 -D_GNU_SOURCE $(MATH) -I. -I$(GEN) -DGD_READLINE=$(READLINE) $(FLAGS_$(MODE)) $(FIXED_CFLAGS)
ALL_CFLAGS  := $(BASE_CFLAGS) $(WARN) $(CFLAGS)

# Each shared library costs every start a twentieth to a tenth of an empty program's life (tests/bench/SPEED.md, Start), so small
# ones are linked from their archives where the system has those.  The C library and its mathematics stay shared: OpenBLAS is
# loaded at run time.
archive = $(or $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),-l$(1))
LIBS := $(call archive,jansson) $(call archive,z)
ifeq ($(LINE_EDITOR),libedit)
$(OBJ)/lang/tool/editor.o: ALL_CFLAGS += -DGD_LIBEDIT=1
endif
ifeq ($(STATIC),1)
LIBS := -static $(LIBS)
endif
ifeq ($(READLINE)$(LINE_EDITOR),1libedit)
EDITOR_LIB := $(call archive,edit)
LIBS += $(EDITOR_LIB) $(if $(filter /%,$(EDITOR_LIB)),$(call archive,tinfo) $(call archive,bsd) $(call archive,md))
else ifeq ($(READLINE),1)
EDITOR_LIB := $(call archive,readline)
LIBS += $(EDITOR_LIB) $(if $(filter /%,$(EDITOR_LIB)),$(call archive,tinfo))
endif
LIBS += -lm -lpthread -ldl

# ---- building ----
SOURCES   := $(wildcard lang/*.c) $(wildcard lang/*/*.c) $(wildcard runtime/*/*.c)
GENERATED := $(if $(wildcard lang/syntax/lexer.re),$(GEN)/lexer.c) $(if $(wildcard lang/syntax/parser.y),$(GEN)/parser.c) $(GEN)/stdlib.c $(GEN)/guide.c $(GEN)/runpage.c
STDLIB    := $(sort $(wildcard stdlib/*.gd))
GUIDE     := $(sort $(wildcard examples/guide/[0-9]*.md)) lang/tool/site.css lang/tool/site.js
UNIT      := $(wildcard tests/*.c tests/runtime/*.c tests/runtime/*/*.c tests/lang/*.c tests/lang/*/*.c)
EXAMPLES  := $(sort $(wildcard examples/*.gd))
TABLES    := $(sort $(wildcard examples/tables/*.gd))
MODELS    := $(sort $(wildcard examples/models/*.gd))

# loops.c is compiled once more for each instruction set (its head comment says why), and tuned for processors that gather, so that loops over a table are vectors too.  -O3 in every flavour but the sanitizers': it is all inner loops.
MAP_LEVELS :=
ifneq ($(filter x86_64 amd64,$(shell uname -m)),)
MAP_LEVELS := avx2 avx512
endif
MAP_FLAGS_avx2   := -mavx2 -mfma -mtune=haswell -DMAP_LEVEL=avx2
MAP_FLAGS_avx512 := -mavx2 -mfma -mtune=haswell -mavx512f -mavx512dq -mavx512bw -mavx512vl -mprefer-vector-width=512 -DMAP_LEVEL=avx512
MAP_OBJECTS := $(MAP_LEVELS:%=$(OBJ)/runtime/kernels/loops_%.o)
MAP_SPEED   := $(if $(filter release bench,$(MODE)),-O3)

# As Debian names the compilers of its two MPIs.
MPIS    := $(patsubst mpicc.%,%,$(notdir $(shell command -v mpicc.openmpi; command -v mpicc.mpich)))
PLUGINS := $(MPIS:%=$(OUT)/gd-%.so)

OBJECTS      := $(SOURCES:%.c=$(OBJ)/%.o) $(GENERATED:$(GEN)/%.c=$(OBJ)/gen/%.o) $(MAP_OBJECTS)
UNIT_OBJECTS := $(UNIT:%.c=$(OBJ)/%.o)
FUZZ_SOURCES := $(wildcard tests/tools/fuzz/*.c)
FUZZ_OBJECTS := $(FUZZ_SOURCES:%.c=$(OBJ)/%.o)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: isa all compdb deps demo test check asan tsan harsh unfused growth fuzz lint format install deb uninstall bench manual clean help unit golden checks examples models experiments workloads start vectors predict workers processes tidy arrows objects gradients resume large forge inject faults limits limits-sample sessions mutants bench-processes generated generated-sample generated-mutants layout lsp FORCE

all: $(OUT)/gd $(PLUGINS) ## build gd (this is what plain `make` does)

help: ## list every target with its sentence
	@awk -F ':.*## ' '/^# ---- / { group = substr($$0, 8, length - 12) } \
	  /^[a-z-]+:.*## / { if (group != "") printf "%s\n", group; group = ""; printf "  %-17s %s\n", $$1, $$2 }' Makefile
	@echo "variables: BUILD=$(BUILD) MODE=$(MODE) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) READLINE=$(READLINE) LINE_EDITOR=$(LINE_EDITOR) STATIC=$(STATIC) WERROR=$(WERROR) V=$(V) CC=$(CC)"

# ---- gd ----
$(OUT)/gd: $(OBJECTS) $(filter %.o,$(COUNTED))
	$(call say,LINK,$@) $(CC) $(FLAGS_$(MODE)) $(FIXED_LDFLAGS) -o $@ $^ $(filter-out %.o,$(COUNTED)) $(LDFLAGS) $(LIBS)

# gd is linked to no MPI: what it loads when mpirun or srun has started it is made for each MPI whose compiler is there.  Its header
# is not held to our warnings.
$(OUT)/gd-%.so: runtime/peers/mpi/plugin.c runtime/peers/peers.h runtime/base/base.h runtime/base/diag.h $(OUT)/flags
	$(call say,MPI,$@) OMPI_CC="$(CC)" MPICH_CC="$(CC)" mpicc.$* -std=c11 -D_GNU_SOURCE -O2 -g $(WARN) -Wno-conversion -Wno-undef \
	  -fvisibility=hidden -fPIC -shared -I. -o $@ $<

objects: $(OBJECTS) $(UNIT_OBJECTS) $(FUZZ_OBJECTS)

compdb: $(GENERATED) ## write compile_commands.json, for editors, to BUILD
	@$(MAKE) --no-print-directory -nB V=1 MODE=$(MODE) objects | awk -v folder="$(CURDIR)" ' \
	  / -c -o / { gsub(/[\\"]/, "\\\\&"); printf "%s{\"directory\": \"%s\", \"file\": \"%s\", \"command\": \"%s\"}", n++ ? ",\n " : "[", folder, $$NF, $$0 } \
	  END { print "]" }' > $(BUILD)/compile_commands.json

# A change of compiler or flags rebuilds everything of this flavour (not -Werror: `make` and `make check` share objects).
$(OUT)/flags: FORCE
	@mkdir -p $(OUT)
	@echo '$(CC) $(filter-out -Werror,$(ALL_CFLAGS)) $(LINE_EDITOR)' | cmp -s - $@ || echo '$(CC) $(filter-out -Werror,$(ALL_CFLAGS)) $(LINE_EDITOR)' > $@

$(OBJ)/%.o: %.c $(OUT)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# clang's sanitizers take minutes to optimise the unrolled tiles; gcc's, in asan, take seconds.
ifneq ($(filter harsh fuzz,$(MODE)),)
$(OBJ)/runtime/kernels/tiles.o: private ALL_CFLAGS += -O0
endif
$(OBJ)/runtime/kernels/loops.o: private ALL_CFLAGS += $(MAP_SPEED)
$(OBJ)/runtime/kernels/loops_%.o: runtime/kernels/loops.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,"$< ($*)") $(CC) $(ALL_CFLAGS) $(MAP_SPEED) $(MAP_FLAGS_$*) -MMD -MP -c -o $@ $<

# What generators write is not held to our warnings where it cannot keep them.
GEN_WARN := $(WARN) -Wno-conversion -Wno-sign-conversion -Wno-unused-parameter -Wno-unused-variable -Wno-missing-prototypes -Wno-shadow -Wno-undef -Wno-overlength-strings
$(OBJ)/gen/%.o: $(GEN)/%.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(BASE_CFLAGS) $(GEN_WARN) $(CFLAGS) -MMD -MP -c -o $@ $<

# ---- what is generated; never in git ----
$(GEN)/lexer.c: lang/syntax/lexer.re
	@mkdir -p $(GEN)
	$(call say,RE2C,$<) re2c -W -Werror -i --no-generation-date -o $@ $<

# Lemon's status is not 0 when the grammar has a conflict; .DELETE_ON_ERROR then removes what it wrote.
$(GEN)/parser.c: lang/syntax/parser.y
	@mkdir -p $(GEN)
	@cp $< $(GEN)/parser.y
	$(call say,LEMON,$<) lemon -c -q -d$(GEN) $(GEN)/parser.y
	@sed -i 's|^#line \([0-9]*\) ".*parser\.y"|#line \1 "lang/syntax/parser.y"|' $@
$(GEN)/parser.h: $(GEN)/parser.c ;

$(GEN)/stdlib.c: lang/text/quoted.awk stdlib/index.awk $(STDLIB)
	@mkdir -p $(GEN)
	$(call say,AWK,$@) LC_ALL=C awk -f lang/text/quoted.awk -f stdlib/index.awk $(STDLIB) < /dev/null > $@

$(GEN)/guide.c: lang/text/quoted.awk lang/tool/guide.awk $(GUIDE)
	@mkdir -p $(GEN)
	$(call say,AWK,$@) LC_ALL=C awk -f lang/text/quoted.awk -f lang/tool/guide.awk $(GUIDE) > $@

$(GEN)/runpage.c: lang/text/quoted.awk lang/train/runpage.awk lang/train/runpage.html
	@mkdir -p $(GEN)
	$(call say,AWK,$@) LC_ALL=C awk -f lang/text/quoted.awk -f lang/train/runpage.awk lang/train/runpage.html > $@

# Files for editors, from the same tables.
EDITORS := $(GEN)/editors
EDITOR_TABLES := lang/syntax/token.def lang/names/clauses.def lang/library/builtin.def runtime/ops.def $(STDLIB)
TEMPLATES := $(shell find lang/tool/editors -mindepth 2 -type f)
$(EDITORS)/made: lang/tool/editors/fill.awk lang/text/version.h $(EDITOR_TABLES) $(TEMPLATES)
	@mkdir -p $(sort $(dir $(TEMPLATES:lang/tool/editors/%=$(EDITORS)/%)))
	$(call say,AWK,$(EDITORS)) LC_ALL=C awk -f $< -v OUT=$(EDITORS) -v FOLDER=lang/tool/editors \
	  -v VERSION=$$(sed -n 's/^.define GD_VERSION "\(.*\)"/\1/p' lang/text/version.h) $(EDITOR_TABLES) $(TEMPLATES)
	@touch $@

-include $(OBJECTS:.o=.d) $(UNIT_OBJECTS:.o=.d) $(OBJ)/tests/tools/forge.d $(wildcard $(OBJ)/tests/tools/fuzz/*.d)

# ---- tools of the tests: small C programs, tests/tools/NAME.c ----
$(TOOLS)/%: tests/tools/%.c tests/tools/scratch.h
	@mkdir -p $(TOOLS)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE -O1 -g -I. $(WARN) -o $@ $< -lm

# Not itself counted.
$(TOOLS)/counted.o: tests/tools/counted.c
	@mkdir -p $(TOOLS)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE -O1 -g $(filter-out -Wmissing-prototypes,$(WARN)) -c -o $@ $<

$(TOOLS)/lsp: tests/tools/lsp.c tests/tools/scratch.h
	@mkdir -p $(TOOLS)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE -O1 -g -I. $(WARN) -o $@ $< -ljansson

# The generator of programs has a folder of its own.
GENERATE := $(wildcard tests/tools/generate/*.c)
$(TOOLS)/generate: $(GENERATE) $(wildcard tests/tools/generate/*.h) tests/tools/scratch.h runtime/ops.def
	@mkdir -p $(TOOLS)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE -O1 -g -I. $(WARN) -o $@ $(GENERATE) -lm

# ---- tests ----
$(OUT)/unit: $(filter-out $(OBJ)/lang/main.o,$(OBJECTS)) $(UNIT_OBJECTS)
	$(call say,LINK,$@) $(CC) $(FLAGS_$(MODE)) $(FIXED_LDFLAGS) -o $@ $^ $(LDFLAGS) $(LIBS) -lcriterion

# It writes checkpoints with the library's own sums.
$(OUT)/forge: $(filter-out $(OBJ)/lang/main.o,$(OBJECTS)) $(OBJ)/tests/tools/forge.o
	$(call say,LINK,$@) $(CC) $(FLAGS_$(MODE)) $(FIXED_LDFLAGS) -o $@ $^ $(LDFLAGS) $(LIBS)

EVERY ?= 1
forge: $(OUT)/gd $(OUT)/forge ## some thousand checkpoints in which one thing is not true (EVERY=7: one of seven)
	@$(OUT)/forge $(OUT)/gd tests/tools/forge.gd -j 2 --every $(EVERY)
	@$(OUT)/forge $(OUT)/gd tests/tools/forge_plain.gd -j 2 --every $(EVERY)

unit: $(OUT)/unit ## run the unit tests
	@echo "unit tests ($(MODE))"; $(OUT)/unit -j2 --timeout 600

SCRIPTS ?= tests/scripts
golden: $(OUT)/gd $(TOOLS)/golden ## run the golden scripts (SCRIPTS="tests/scripts/train" for some)
	@$(TOOLS)/golden $(OUT)/gd $(SCRIPTS)

.PHONY: doctor
doctor: $(OUT)/gd ## trainings broken in known ways: does `gd doctor` find why? (SEED; EVERY=10 takes one of ten)
	@tests/doctor/doctor.sh $(OUT)/gd $(BUILD)/doctor $(SEED) $(or $(EVERY),1)

checks: $(OUT)/gd ## `gd check` finds nothing in what runs, and what it can know in what does not
	@tests/tools/checks.sh $(OUT)/gd tests/scripts $(EXAMPLES) $(TABLES) $(MODELS)

examples: $(OUT)/gd ## run every example on 1, 2 and 4 threads
	@tests/tools/examples.sh $(OUT)/gd $(EXAMPLES) $(TABLES)

models: $(OUT)/gd ## run every model of examples/models to its outcome (slow)
	@THREADS=2 tests/tools/examples.sh $(OUT)/gd $(MODELS)

outcomes: $(OUT)/gd ## those of examples/models that have a full form, in full, with the data beside the project (minutes each; slow)
	@THREADS=2 OPTIONS="--full true" tests/tools/examples.sh $(OUT)/gd $(shell grep -l 'option."full"' $(MODELS))

experiments: $(OUT)/gd ## try the changes that examples/README.md proposes
	@tests/tools/experiments.sh $(OUT)/gd examples

workloads: $(OUT)/gd ## run the workloads of the bench, small, on 1, 2 and 4 threads: the same bytes
	@tests/tools/workloads.sh $(OUT)/gd

isa: $(OUT)/gd $(TOOLS)/golden ## the workloads, examples and golden scripts on every instruction set of this processor: the same bytes (slow)
	@tests/tools/isa.sh $(OUT)/gd $(TOOLS)/golden $(EXAMPLES)

$(TOOLS)/rows: runtime/ops.def

gradients: $(OUT)/gd $(TOOLS)/rows $(TOOLS)/golden ## check the gradients, examples and docs of every table row
	@tests/tools/rows.sh $(OUT)/gd $(TOOLS) $(OUT)/rows

# SEED and PROGRAMS choose other programs and how many.
SEED      ?= 1
PROGRAMS ?= 20000
generated: $(OUT)/gd $(TOOLS)/generate ## 20,000 generated programs: gradients, forward, unfused, threads (minutes; PROGRAMS=500 for few)
	@$(MAKE) --no-print-directory MODE=unfused all
	@.ci/deps clang
	@$(MAKE) --no-print-directory MODE=harsh CC="$(CLANG)" all
	@$(TOOLS)/generate $(OUT)/gd --seed $(SEED) --count $(PROGRAMS) --unfused $(BUILD)/unfused/gd --harsh $(BUILD)/harsh/gd --cover

# The first of `generated`, the same ones each time; fewer where all of them ran before.
SAMPLED ?= 500
generated-sample: $(OUT)/gd $(TOOLS)/generate ## 500 of them, fused and not fused, in about a minute
	@$(MAKE) --no-print-directory MODE=unfused all
	@$(TOOLS)/generate $(OUT)/gd --seed 1 --count $(SAMPLED) --unfused $(BUILD)/unfused/gd

# FORMATTED chooses how many.
FORMATTED ?= 5000
layout: $(OUT)/gd $(TOOLS)/generate ## `gd fmt` on 5,000 generated programs: the same trees, and nothing to do a second time
	@tests/tools/layout.sh $(OUT)/gd $(TOOLS)/generate $(FORMATTED)

.PHONY: editors
editors: $(OUT)/gd $(EDITORS)/made ## write the files for editors to BUILD/gen/editors, and look whether every word is in them
	@tests/tools/editors.sh $(OUT)/gd $(EDITORS)

EDITS ?= 10000
lsp: $(OUT)/gd $(TOOLS)/lsp ## a client of `gd lsp`: a session, broken messages, 10,000 random edits (minutes; EDITS=300 for few)
	@$(TOOLS)/lsp $(OUT)/gd $(EDITS) $(SEED) $(if $(filter 10000,$(EDITS)),examples/gan.gd examples/tour.gd stdlib/losses.gd)

.PHONY: kernel
kernel: $(OUT)/gd ## `gd kernel` heard by Jupyter's own client, a notebook run by nbconvert (left out without python3-jupyter-client)
	@if [ -x /usr/bin/python3 ]; then /usr/bin/python3 tests/tools/jupyter.py $(OUT)/gd; \
	 else echo "jupyter: python3 is not installed: left out"; fi

generated-mutants: $(OUT)/gd $(TOOLS)/generate ## break gradient rules and demand that generated programs find them and are shrunk
	@CC="$(CC)" tests/tools/generate/mutants.sh $(BUILD)

start: $(OUT)/gd ## what gd must not need in order to start
	@CC="$(CC)" tests/tools/start.sh $(OUT)/gd

vectors: $(OUT)/gd ## every loop of the elementwise machine is made of vector instructions
	@tests/tools/vectors.sh $(OBJ)/runtime/kernels/loops_avx2.o

predict: $(OUT)/gd ## a saved net in another process, on tables that fit and on some that do not
	@tests/tools/predict.sh $(OUT)/gd

faults: $(OUT)/gd $(TOOLS)/faults ## give gd fifteen hundred bad texts (EVERY=7: one of seven of those that are drawn)
	@$(TOOLS)/faults $(OUT)/gd --every $(EVERY)

limits: $(OUT)/gd $(TOOLS)/limits ## how soon gd stops when it is told to: a table (minutes)
	@$(TOOLS)/limits $(OUT)/gd

# Rows that need little before they begin, of each group.
LIMITS_FEW := loop recursion "product i32" elementwise randint map reduce zip join moons "list of a range" check_gradient \
  "slow steps" "trivial steps" "each_step for ever" "time, trivial" "steps, loop" "steps, train" "steps, map"
limits-sample: $(OUT)/gd $(TOOLS)/limits ## twenty of them, in half a minute
	@$(TOOLS)/limits $(OUT)/gd $(LIMITS_FEW)

sessions: $(OUT)/gd $(TOOLS)/terminal ## drive the REPL through a pseudo-terminal
	@$(TOOLS)/terminal $(OUT)/gd tests/sessions/*.txt

# A library to preload and the program that does so; SAMPLE=0 takes every call.
INJECT := tests/tools/inject
SAMPLE ?= 4
$(TOOLS)/failing.so: $(INJECT)/failing.c
	@mkdir -p $(TOOLS)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE -O1 -g -fPIC -shared -Wall -Wextra -o $@ $<

$(TOOLS)/inject: $(INJECT)/inject.c tests/tools/scratch.h
	@mkdir -p $(TOOLS)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE -O1 -g -I. $(WARN) -o $@ $<

inject: $(OUT)/gd $(TOOLS)/failing.so $(TOOLS)/inject ## make single allocations and file calls fail, drawn by SEED (SAMPLE=0: every one)
	@$(TOOLS)/inject $(OUT)/gd $(TOOLS)/failing.so $(INJECT) --sample $(SAMPLE) --seed $(SEED)

# The fuzz targets are one program, tests/tools/fuzz/fuzz.c, and always clang's.
SECONDS      ?= 60
$(BUILD)/fuzz/fuzz: $(filter-out $(OBJ)/lang/main.o,$(OBJECTS)) $(FUZZ_OBJECTS)
	$(call say,LINK,$@) $(CC) $(FLAGS_$(MODE)) -fsanitize=fuzzer $(FIXED_LDFLAGS) -o $@ $^ $(LDFLAGS) $(LIBS)

fuzz: ## libFuzzer on the parser, scripts and every reader of files, SECONDS=60 each (FUZZ="csv npz" for some; -j2 for two at a time)
	@.ci/deps clang libclang-rt-14-dev
	@$(MAKE) --no-print-directory MODE=fuzz CC="$(CLANG)" $(BUILD)/fuzz/fuzz
	@tests/tools/fuzz/corpus.sh $(BUILD)/fuzz $(EXAMPLES)
	@$(MAKE) --no-print-directory SECONDS=$(SECONDS) $$(for name in $(or $(FUZZ),$$($(BUILD)/fuzz/fuzz --list)); do echo fuzz-$$name; done)
	@tests/tools/fuzz/told.sh $(BUILD)/fuzz $(FUZZ)

fuzz-%: FORCE
	@tests/tools/fuzz/run.sh $(BUILD)/fuzz $* $(SECONDS)

workers: all ## a training in parts on several processes, by every MPI that is installed too: the same model, one that ends
	@tests/tools/workers.sh $(OUT)/gd

# KILLS and SEED choose how many processes are killed, and which.
KILLS ?= 40
processes: deps ## four models on 1 to 8 processes, by every launcher; processes killed at random and resumed (many minutes)
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory MODE=unfused all
	@tests/tools/processes.sh $(OUT)/gd $(BUILD)/unfused/gd $(KILLS) $(SEED)

resume: $(OUT)/gd ## kill training at 20 random steps, resume, compare bytes
	@tests/tools/resume.sh $(OUT)/gd
	@tests/tools/large.sh $(OUT)/gd small

large: $(OUT)/gd ## train on a 2 GB table under 512 MB, killed 20 times: the same bytes, 0.7 of the speed in memory (slow)
	@tests/tools/large.sh $(OUT)/gd

mutants: ## break gradient rules and demand that the tests notice (slow)
	@tests/tools/mutants.sh

tidy: $(OBJECTS) ## the direction of includes and calls, essays, README pages, documentation
	@tests/tools/tidy.sh $(OBJ)/ $(OBJECTS)

# SHOW=TREE (tests/tools/rooms.txt) lists its arrows and circles; `all`: of each tree.
SHOW ?=
arrows: $(OBJECTS) ## which object calls which: arrows between rooms that point up, circles of objects (SHOW=lang lists them)
	@nm -A -g -P $(OBJECTS) | awk -f tests/tools/arrows.awk -v objects=$(OBJ)/ -v show=$(SHOW) tests/tools/rooms.txt -

# ---- everything ----
deps: ## install the Debian packages that are missing, an MPI among them (elsewhere: print what to install)
	@.ci/deps libopenmpi-dev openmpi-bin

demo: ## install what is missing to build, build, then train the digits classifier
	@.ci/deps
	@$(MAKE) --no-print-directory all
	$(OUT)/gd examples/digits.gd

# The closing lines of Criterion and of the golden runner are the last to be printed.
check: ## what a commit must pass, in a minute or two
	@$(MAKE) --no-print-directory WERROR=1 all $(OUT)/unit $(TOOLS)/golden $(TOOLS)/rows
	@$(MAKE) --no-print-directory WERROR=1 tidy start vectors predict
	@$(MAKE) --no-print-directory WERROR=1 examples
	@$(MAKE) --no-print-directory WERROR=1 workloads
	@$(MAKE) --no-print-directory WERROR=1 checks
	@$(MAKE) --no-print-directory WERROR=1 FORMATTED=100 EDITS=300 layout lsp editors
	@$(MAKE) --no-print-directory WERROR=1 gradients
	@$(MAKE) --no-print-directory WERROR=1 unit
	@$(MAKE) --no-print-directory WERROR=1 golden

test: deps ## install what is missing, build, and run every test, the slow ones too
	@$(MAKE) --no-print-directory WERROR=1 all $(OUT)/unit $(TOOLS)/golden $(TOOLS)/rows
	@$(MAKE) --no-print-directory WERROR=1 tidy start vectors predict
	@$(MAKE) --no-print-directory WERROR=1 examples
	@$(MAKE) --no-print-directory WERROR=1 models
	@$(MAKE) --no-print-directory WERROR=1 experiments
	@$(MAKE) --no-print-directory WERROR=1 unfused
	@$(MAKE) --no-print-directory WERROR=1 growth
	@$(MAKE) --no-print-directory WERROR=1 faults
	@$(MAKE) --no-print-directory WERROR=1 sessions
	@$(MAKE) --no-print-directory WERROR=1 limits-sample
	@$(MAKE) --no-print-directory WERROR=1 resume workers
	@$(MAKE) --no-print-directory WERROR=1 EVERY=3 forge
	@$(MAKE) --no-print-directory WERROR=1 inject
	@$(MAKE) --no-print-directory WERROR=1 checks
	@$(MAKE) --no-print-directory WERROR=1 generated-sample
	@$(MAKE) --no-print-directory WERROR=1 layout lsp editors kernel
	@$(MAKE) --no-print-directory WERROR=1 gradients
	@$(MAKE) --no-print-directory WERROR=1 unit
	@$(MAKE) --no-print-directory WERROR=1 golden

# ---- sanitizers and other flavours ----
asan: ## unit tests, golden scripts and table rows under the address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory MODE=asan all $(BUILD)/asan/unit $(TOOLS)/golden $(TOOLS)/rows $(TOOLS)/faults
	@$(MAKE) --no-print-directory MODE=asan EVERY=7 faults forge gradients unit golden

# What is of the text, its tree and plain values meets no second thread.
ALONE := lexical expressions statements shapes messages values text
tsan: ## the workloads, the golden scripts but those of the language alone, and the exchange of gradients, under the thread sanitizer
	@$(MAKE) --no-print-directory MODE=tsan workloads golden SCRIPTS="$(filter-out $(ALONE:%=tests/scripts/%),$(wildcard tests/scripts/*))"
	@tests/tools/exchanged.sh $(BUILD)/tsan/gd

harsh: ## the unit tests and golden scripts with every constant shrunk, under clang's undefined-behaviour sanitizer
	@.ci/deps clang
	@$(MAKE) --no-print-directory MODE=harsh CC="$(CLANG)" all $(BUILD)/harsh/unit $(TOOLS)/golden
	@$(MAKE) --no-print-directory MODE=harsh CC="$(CLANG)" unit golden

unfused: $(OUT)/gd ## the workloads, fused on 1, 2 and 4 threads and not fused at all: the same bytes
	@$(MAKE) --no-print-directory MODE=unfused all
	@tests/tools/workloads.sh $(OUT)/gd $(BUILD)/unfused/gd

growth: $(TOOLS)/lsp ## how the work of whole programs grows with layers, params, reads: every basic block counted
	@$(MAKE) --no-print-directory MODE=counted all
	@tests/tools/growth.sh $(BUILD)/counted/gd $(TOOLS)/lsp

# ---- the code ----
lint: ## the form (.clang-format), clang with every warning an error (it builds the harsh flavour), and cppcheck where it is installed
	@.ci/deps clang cppcheck clang-format
	@tests/tools/form.sh check
	@$(MAKE) --no-print-directory MODE=harsh CC="$(CLANG)" WERROR=1 READLINE=$(READLINE) objects
	@tests/tools/lint.sh $(BUILD)/lint

format: ## bring every .c, .h, .inc and .re file into the form of .clang-format
	@.ci/deps clang-format
	@tests/tools/form.sh

# ---- other things ----
bench: ## gd beside every peer that is installed, workload by workload (ROWS="W2 W7" for some, PROCESSOR=1 by processor time); host loops beside lua5.4
	@$(MAKE) --no-print-directory MODE=bench all
	@tests/bench/run.sh $(BUILD)/bench/gd $(ROWS)
	@tests/bench/host.sh $(BUILD)/bench/gd
	@tests/bench/line.sh $(BUILD)/bench/gd
	@tests/bench/trace.sh $(BUILD)/bench/gd

bench-cost: ## `gd check --cost` beside what seventeen trainings take, memory and time (PROCESSOR=1 by processor time)
	@$(MAKE) --no-print-directory MODE=bench all
	@tests/bench/cost.sh $(BUILD)/bench/gd

bench-processes: ## what shards: costs and a second process gives, beside torch's DistributedDataParallel (ROUNDS=5)
	@$(MAKE) --no-print-directory MODE=bench all
	@tests/bench/processes.sh $(BUILD)/bench/gd $(ROUNDS)

manual: $(OUT)/gd ## write the manual as a site, gd(1) and the shells' completions to $(BUILD)/manual
	@mkdir -p $(BUILD)/manual/completions
	@$(OUT)/gd doc --html $(BUILD)/manual/html
	@$(OUT)/gd doc --man > $(BUILD)/manual/gd.1
	@for shell in bash zsh fish; do $(OUT)/gd doc --completion $$shell > $(BUILD)/manual/completions/$$shell; done

.PHONY: arena shows
arena: $(OUT)/gd ## every optimizer at its defaults beside tuned baselines, on eight workloads (half an hour; ARENA=Muon one alone)
	@$(OUT)/gd --quiet tests/bench/arena/arena.gd $(if $(ARENA),--optimizer "$(ARENA)")

shows: $(OUT)/gd ## what optimizers must show on MNIST and from width to width (many minutes; without the data nothing)
	@for show in tests/bench/shows/*.gd; do echo "$$show"; $(OUT)/gd --quiet "$$show" || exit 1; done

SHARE := $(DESTDIR)$(PREFIX)/share
install: all manual $(EDITORS)/made ## install to $(DESTDIR)$(PREFIX): gd, gd(1), completions, manual, examples
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/man/man1 $(SHARE)/doc/gd/html $(SHARE)/doc/gd/examples/tables $(SHARE)/doc/gd/examples/models \
	  $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions $(SHARE)/fish/vendor_completions.d
	install -s -m 755 $(OUT)/gd $(DESTDIR)$(PREFIX)/bin/gd
	$(if $(PLUGINS),install -d $(DESTDIR)$(PREFIX)/lib/gd && install -s -m 644 $(PLUGINS) $(DESTDIR)$(PREFIX)/lib/gd)
	install -m 644 $(BUILD)/manual/gd.1 $(SHARE)/man/man1/gd.1
	install -m 644 $(BUILD)/manual/html/* $(SHARE)/doc/gd/html
	install -m 644 $(BUILD)/manual/completions/bash $(SHARE)/bash-completion/completions/gd
	install -m 644 $(BUILD)/manual/completions/zsh $(SHARE)/zsh/site-functions/_gd
	install -m 644 $(BUILD)/manual/completions/fish $(SHARE)/fish/vendor_completions.d/gd.fish
	install -m 644 README.md LICENSE lang/LANGUAGE.md lang/CHANGES.md $(SHARE)/doc/gd
	install -m 644 $(wildcard examples/*.gd examples/*.csv examples/README.md) $(SHARE)/doc/gd/examples
	install -m 644 $(wildcard examples/tables/*.*) $(SHARE)/doc/gd/examples/tables
	install -m 644 $(wildcard examples/models/*.*) $(SHARE)/doc/gd/examples/models
	install -d $(SHARE)/gd
	rm -rf $(SHARE)/gd/editors
	cp -R $(EDITORS) $(SHARE)/gd/editors
	rm -f $(SHARE)/gd/editors/made

deb: ## make a Debian package in $(BUILD)/deb
	@.ci/deps debhelper dpkg-dev fakeroot
	@.ci/deb $(BUILD)

uninstall: ## remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/gd $(DESTDIR)$(PREFIX)/lib/gd $(SHARE)/doc/gd $(SHARE)/man/man1/gd.1 $(SHARE)/bash-completion/completions/gd \
	  $(SHARE)/zsh/site-functions/_gd $(SHARE)/fish/vendor_completions.d/gd.fish $(SHARE)/gd/editors

clean: ## remove all that was made
	rm -rf $(BUILD)
