/* registry.c — the function tables of all rooms, for vm_new. */
#include "lang/tool/registry.h"

#include "lang/data/data.h"
#include "lang/eval/check.h"
#include "lang/eval/eval.h"
#include "lang/eval/module.h"
#include "lang/eval/trail.h"
#include "lang/library/natives.h"
#include "lang/models/model.h"
#include "lang/names/standard.h"
#include "lang/optimizers/optimizer.h"
#include "lang/step/whole.h"
#include "lang/train/learning.h"
#include "lang/values/dict.h"

static const VmPart *const PARTS[] = {&TRACER_PART, &STANDARD_PART, &MODULES_PART, &TRAIL_PART,
                                      NULL};

const Registry REGISTRY = {
    .kinds =
        {
#define PLAIN(NAME) NULL
#define ROW(NAME) &NAME##_KIND
#define KIND(NAME, functions, phrase, type) [KIND_##NAME] = functions(NAME),
#include "lang/machine/kinds.def"
#undef KIND
#undef ROW
#undef PLAIN
        },
    .parts = PARTS,
    .learning = &LEARNING,
    .loader = &LOADER,
    .natives = NATIVES,
    .native_count = NATIVE_COUNT,
    .check_call = check_call,
};
