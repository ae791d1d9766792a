/* print.c — a plan as text: its steps (--dump=plan) and its memory (--dump=memory); time.c prints
 * where its time went.
 *
 * A step's line says what runs, over which shape, what it reads and where the results go:
 *
 *     3  map [64, 10]  sub exp  (5 instructions, 2 registers)  <- %4 %7  -> %9 slab+2560
 *        digits.gd:12
 */
#include "runtime/plan/node.h"

typedef void PlaceText(void *context, Span span, Text *text);

static void add_place(const Plan *plan, NodeId id, Text *text) {
  const Storage *place = &plan->facts[plan->facts[id].root].place;
  switch (place->kind) {
    case STORAGE_NONE: return;
    case STORAGE_SLAB: text_format(text, " slab+%zu", place->offset); return;
    case STORAGE_BINDING:
    case STORAGE_STORED: text_format(text, " input %lld", (long long)place->index); return;
    case STORAGE_RESULT: text_format(text, " result %lld", (long long)place->index); return;
  }
}

static void add_type(const Node *node, Text *text) {
  text_string(text, dtype_name(node->type.dtype));
  shape_text(&node->type.shape, text);
}

static void add_names(const Plan *plan, const Instruction *instruction, Text *text) {
  for (int n = 0; n < instruction->node_count; n++) {
    const Node *node = graph_node(&plan->graph, instruction->nodes[n]);
    text_format(text, " %s", op_name(node->op));
  }
}

static void add_flow(const Plan *plan, const Instruction *instruction, Text *text) {
  const Item *item = &plan->items[plan->facts[instruction->node].item];
  text_string(text, "  <-");
  for (int r = 0; r < item->read_count; r++)
    if (graph_node(&plan->graph, item->reads[r])->leaf != LEAF_CONST)
      text_format(text, " %%%u", item->reads[r]);
  text_string(text, "  ->");
  for (int n = 0; n < item->count; n++) {
    if (!plan->facts[item->nodes[n]].exported) continue;
    text_format(text, " %%%u", item->nodes[n]);
    add_place(plan, item->nodes[n], text);
  }
}

void plan_print_instruction(const Plan *plan, const Instruction *instruction, Text *text) {
  const Node *node = graph_node(&plan->graph, instruction->node);
  if (instruction->kind == INSTRUCTION_COPY) {
    text_format(text, "copy %zu bytes of %%%u", instruction->bytes, instruction->node);
    return;
  }
  if (instruction->kind == INSTRUCTION_PROGRAM) text_string(text, "map ");
  add_type(node, text);
  add_names(plan, instruction, text);
  if (instruction->kind == INSTRUCTION_PROGRAM)
    text_format(text, "  (%d instructions%s)", instruction->program.count,
                instruction->taken ? ", as the product goes" : "");
}

static void add_source(const Plan *plan, const Instruction *instruction, PlaceText *place,
                       void *context, Text *text) {
  Span span = graph_node(&plan->graph, instruction->node)->span;
  if (!place || !span.file) return;
  text_string(text, "   ");
  place(context, span, text);
}

void plan_print(const Plan *plan, PlaceText *place, void *context, Text *text) {
  for (int i = 0; i < plan->instruction_count; i++) {
    if (i == plan->half_instruction && plan->instruction_count > plan->half_instruction)
      text_string(text, "     -- stores, once the watched values are finite --\n");
    const Strip *strip = plan->instructions[i].strip;
    if (strip && strip->first == i)
      text_format(text, "     -- the next %d go together through parts of %lld rows --\n",
                  strip->count, (long long)strip->rows);
    const Bundle *bundle = plan->instructions[i].bundle;
    if (bundle && bundle->first == i)
      text_format(text, "     -- the next %d go beside each other, in %d tasks%s --\n",
                  bundle->count, bundle->task_count,
                  bundle->strip ? ", and beside what comes then" : "");
    text_format(text, "%4d  ", i);
    plan_print_instruction(plan, &plan->instructions[i], text);
    if (plan->instructions[i].kind != INSTRUCTION_COPY)
      add_flow(plan, &plan->instructions[i], text);
    add_source(plan, &plan->instructions[i], place, context, text);
    text_char(text, '\n');
  }
}

/* ---- memory ---- */

static int64_t first_use(const Plan *plan, NodeId id) {
  return plan->items[plan->facts[id].item].position;
}

void plan_print_memory(const Plan *plan, Text *text) {
  size_t sum = 0, inputs = 0;
  for (NodeId id = 1; id < plan->graph.count; id++) {
    const Facts *facts = &plan->facts[id];
    const Node *node = graph_node(&plan->graph, id);
    if (node->leaf == LEAF_INPUT) inputs += facts->bytes;
    if (!facts->half || facts->item < 0 || !facts->exported || facts->place.kind != STORAGE_SLAB)
      continue;
    sum += facts->bytes;
    text_format(text, "%10zu bytes at slab+%-10zu steps %lld to ", facts->bytes,
                facts->place.offset, (long long)first_use(plan, id));
    if (facts->kept) text_string(text, "the end");
    else text_format(text, "%d", facts->last);
    text_format(text, "  %%%u %s ", id, op_name(node->op));
    add_type(node, text);
    text_char(text, '\n');
  }
  text_format(text,
              "inputs %zu bytes; slab %zu bytes, in which values of %zu bytes take turns; "
              "registers %zu bytes\n",
              inputs, plan->slab_bytes, sum, plan->register_bytes);
}
