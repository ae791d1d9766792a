/* print.c — a graph as text, one line a node, for --dump=graph,grad.
 *
 *     %3 = input 0 : f32[64, 784]   digits.gd:12
 *     %7 = @ %3 %5 {0, 1} : f32[64, 10]   digits.gd:12
 *
 * Only what the roots need is shown.  Attributes stand in braces as ops.def lists them, a constant
 * as its value.
 */
#include <string.h>

#include "runtime/graph/print.h"

static void print_attrs(const Node *node, Text *text) {
  if (node->leaf == LEAF_CONST) {
    double value;
    memcpy(&value, &node->attrs[0], sizeof value);
    text_char(text, ' ');
    text_number(text, value);
  } else if (node->leaf == LEAF_INPUT) {
    text_format(text, " %lld", (long long)node->attrs[0]);
  } else if (op_converts(node->op)) {
    text_format(text, " %s", dtype_name((Dtype)node->attrs[0]));
  } else if (node->attr_count) {
    text_string(text, " {");
    for (int i = 0; i < node->attr_count; i++)
      text_format(text, i ? ", %lld" : "%lld", (long long)node->attrs[i]);
    text_char(text, '}');
  }
}

static void print_node(const Graph *graph, NodeId id, Text *text) {
  const Node *node = &graph->nodes[id];
  text_format(text, "%%%u = %s", id, op_name(node->op));
  for (int i = 0; i < node->input_count; i++) text_format(text, " %%%u", node->inputs[i]);
  print_attrs(node, text);
  text_format(text, " : %s", node->type.weak ? "number" : dtype_name(node->type.dtype));
  if (node->type.shape.rank) shape_text(&node->type.shape, text);
}

/* Marks all that the roots need; ids only fall towards inputs, so one pass downwards is enough. */
static bool *needed_by(const Graph *graph, const NodeId *roots, int root_count) {
  bool *needed = mem_zero(graph->count);
  for (int i = 0; i < root_count; i++) needed[roots[i]] = roots[i] != 0;
  for (NodeId id = graph->count; id-- > 1;) {
    const Node *node = &graph->nodes[id];
    for (int i = 0; needed[id] && i < node->input_count; i++) needed[node->inputs[i]] = true;
  }
  return needed;
}

void graph_print(const Graph *graph, const NodeId *roots, int root_count,
                 void (*place)(void *context, Span span, Text *text), void *context, Text *text) {
  bool *needed = needed_by(graph, roots, root_count);
  for (NodeId id = 1; id < graph->count; id++) {
    if (!needed[id]) continue;
    print_node(graph, id, text);
    if (place && graph->nodes[id].span.file) {
      text_string(text, "   ");
      place(context, graph->nodes[id].span, text);
    }
    text_char(text, '\n');
  }
  mem_free(needed);
}
