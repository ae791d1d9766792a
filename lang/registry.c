/* registry.c — every room's tables, for vm_new: the one file that names them all. */
#include "lang/registry.h"

#include "lang/data.h"
#include "lang/check.h"
#include "lang/eval.h"
#include "lang/learning.h"
#include "lang/model.h"
#include "lang/module.h"
#include "lang/natives.h"
#include "lang/optimizer.h"
#include "lang/standard.h"
#include "lang/trail.h"

static const VmPart *const PARTS[] = {&TRACER_PART, &STANDARD_PART, &MODULES_PART, &TRAIL_PART, NULL};

const Registry REGISTRY = {
  .kinds = {[KIND_PARAM] = &PARAM_KIND, [KIND_MODEL] = &MODEL_KIND, [KIND_OPTIMIZER] = &OPTIMIZER_KIND,
            [KIND_DATASET] = &DATASET_KIND, [KIND_BATCHES] = &BATCHES_KIND, [KIND_MODULE] = &MODULE_KIND},
  .parts = PARTS,
  .learning = &LEARNING,
  .loader = &LOADER,
  .natives = NATIVES,
  .native_count = NATIVE_COUNT,
  .check_call = check_call,
};
