/* values.c — the immediate executor: values of nodes computed one by one, when asked for, and kept.
 *
 * Eager operations and decisions on data inside a trace go through here, so for one node of a few
 * elements the way is short: the inputs are there, one Buffer is made, the kernel is called.  A
 * node whose inputs are missing is computed with a stack of its own, not the C stack, so a chain of
 * a million nodes is only long.
 *
 * Aliases (a reshape, a run of rows) become views of the same Buffer.
 */
#include "runtime/base/stop.h"
#include "runtime/kernels/kernels.h"
#include "runtime/plan/node.h"

#include <string.h>

enum { VIEWS_LOCAL = 6, PENDING_LOCAL = 64, SMALL_BYTES = 1024 };

static void make_room(Values *values, NodeId node) {
  uint32_t capacity = values->capacity ? values->capacity : 64;
  while (capacity <= node) capacity *= 2;
  if (capacity != values->capacity) {
    values->tensors = mem_grow(values->tensors, capacity * sizeof(Tensor));
    memset(values->tensors + values->capacity, 0, (capacity - values->capacity) * sizeof(Tensor));
    values->capacity = capacity;
  }
  if (values->used <= node) values->used = node + 1;
}

static bool new_tensor(Tensor *tensor, const Node *node, Diag *diag) {
  size_t bytes = node_bytes(node);
  tensor->dtype = node->type.dtype;
  tensor->shape = node->type.shape;
  tensor->offset = 0;
  tensor->buffer = bytes <= SMALL_BYTES ? buffer_small(bytes) : buffer_new(bytes, diag);
  if (!tensor->buffer) diag->span = node->span;
  return tensor->buffer != NULL;
}

static bool run_kernel(Values *values, const Node *node, Tensor *result, Diag *diag) {
  View local[VIEWS_LOCAL], *views = local;
  Fault fault;
  fault.status = 0;
  if (!new_tensor(result, node, diag)) return false;
  if (node->input_count > VIEWS_LOCAL) views = mem_alloc(node->input_count * sizeof *views);
  for (int i = 0; i < node->input_count; i++) {
    const Tensor *input = &values->tensors[node->inputs[i]];
    views[i].data = tensor_data(input);
    views[i].dtype = input->dtype;
    views[i].shape = input->shape;
  }
  Call call = {.op = node->op,
               .input_count = node->input_count,
               .inputs = views,
               .attrs = node->attrs,
               .attr_count = node->attr_count,
               .fault = &fault};
  call.output.data = result->buffer->data;
  call.output.dtype = result->dtype;
  call.output.shape = result->shape;
  kernel_of(call.op)(&call);
  if (views != local) mem_free(views);
  if (LIKELY(!fault.status && !stop_asked)) return true;
  tensor_release(result); /* an interrupted kernel leaves an invalid result */
  if (stop_asked) diag_fail(diag, STATUS_INTERRUPTED, node->span, "interrupted");
  else diag_fail(diag, fault.status, node->span, "%s", fault.message);
  return false;
}

/* Works out a node whose inputs are there. */
static bool work_out(Values *values, NodeId id, Diag *diag) {
  const Node *node = graph_node(values->graph, id);
  Tensor *result = &values->tensors[id];
  int64_t first;
  if (node->leaf == LEAF_INPUT) {
    *result = values->binding(values->context, node->attrs[0]);
    return result->buffer || diag->status ||
           diag_fail(diag, STATUS_BUG, node->span, "an input has no value");
  }
  if (node->leaf == LEAF_CONST) {
    if (!new_tensor(result, node, diag)) return false;
    node_write_constant(node, result->buffer->data);
    return true;
  }
  if (node_alias(values->graph, node, &first)) {
    *result = tensor_view(&values->tensors[node->inputs[0]], &node->type.shape, first);
    return true;
  }
  return run_kernel(values, node, result, diag);
}

/* How many inputs of a node have no value yet; they are written to `missing`. */
static int list_missing(const Values *values, const Node *node, NodeId *missing) {
  int count = 0, relevant = graph_value_inputs(node);
  for (int i = 0; i < relevant; i++)
    if (!values->tensors[node->inputs[i]].buffer) missing[count++] = node->inputs[i];
  return count;
}

static bool work_out_all(Values *values, NodeId wanted, Diag *diag) {
  int capacity = PENDING_LOCAL, depth = 1;
  NodeId local[PENDING_LOCAL], *pending = local;
  bool good = true;
  pending[0] = wanted;
  while (depth > 0 && good) {
    NodeId id = pending[depth - 1];
    const Node *node = graph_node(values->graph, id);
    if (values->tensors[id].buffer) {
      depth--;
      continue;
    }
    if (depth + node->input_count > capacity) {
      while (depth + node->input_count > capacity) capacity *= 2;
      NodeId *more = mem_alloc((size_t)capacity * sizeof *more);
      memcpy(more, pending, (size_t)depth * sizeof *more);
      if (pending != local) mem_free(pending);
      pending = more;
    }
    int missing = list_missing(values, node, pending + depth);
    depth += missing;
    if (missing == 0) good = work_out(values, id, diag), depth--;
  }
  if (pending != local) mem_free(pending);
  return good;
}

const Tensor *values_get(Values *values, NodeId node, Diag *diag) {
  if (node >= values->capacity || node >= values->used) make_room(values, node);
  Tensor *tensor = &values->tensors[node];
  if (tensor->buffer) return tensor;
  unsigned mode = kernels_enter();
  bool good = work_out_all(values, node, diag);
  kernels_leave(mode);
  return good ? tensor : NULL;
}

void values_set(Values *values, NodeId node, Tensor value) {
  if (node >= values->capacity || node >= values->used) make_room(values, node);
  tensor_release(&values->tensors[node]);
  values->tensors[node] = value;
}

void values_reset(Values *values) {
  for (uint32_t id = 0; id < values->used; id++) {
    buffer_release(values->tensors[id].buffer);
    values->tensors[id].buffer = NULL;
  }
  values->used = 0;
}

void values_free(Values *values) {
  values_reset(values);
  mem_free(values->tensors);
  values->tensors = NULL;
  values->capacity = 0;
}
