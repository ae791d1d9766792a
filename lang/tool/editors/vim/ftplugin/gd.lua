-- Neovim: `gd lsp` for each buffer of gd.  What later versions do by themselves is done here for
-- older ones: hints drawn at the ends of lines (before 0.10), keys grn gra grr (before 0.11), K.
-- grl runs the lens of this line: run, train, run tests, check gradient.
if vim.fn.executable('gd') == 0 or not vim.lsp then return end

local space = vim.api.nvim_create_namespace('gd_hints')
local draws = not (vim.lsp.inlay_hint and vim.lsp.inlay_hint.enable)

local function hints(buffer, client)
  if not draws then return end
  local range = { start = { line = 0, character = 0 },
                  ['end'] = { line = vim.api.nvim_buf_line_count(buffer), character = 0 } }
  local params = { textDocument = { uri = vim.uri_from_bufnr(buffer) }, range = range }
  client.request('textDocument/inlayHint', params, function(_, found)
    if not found or not vim.api.nvim_buf_is_valid(buffer) then return end
    vim.api.nvim_buf_clear_namespace(buffer, space, 0, -1)
    local lines = {}
    for _, hint in ipairs(found) do
      local line = hint.position.line
      lines[line] = (lines[line] and lines[line] .. ' ' or '') .. vim.trim(hint.label)
    end
    for line, text in pairs(lines) do
      if line < vim.api.nvim_buf_line_count(buffer) then
        vim.api.nvim_buf_set_extmark(buffer, space, line, 0, { virt_text = { { text, 'Comment' } } })
      end
    end
  end, buffer)
end

local function refresh(_, _, context)
  local client = context and vim.lsp.get_client_by_id(context.client_id)
  for _, buffer in ipairs(client and vim.lsp.get_buffers_by_client_id(client.id) or {}) do
    hints(buffer, client)
  end
  return vim.NIL
end

-- A run is told in full: Neovim's own handler shows one line of it.
local function tell(_, message)
  local level = ({ vim.log.levels.ERROR, vim.log.levels.WARN })[message.type] or vim.log.levels.INFO
  vim.notify(message.message, level)
  return vim.NIL
end

local function attached(client, buffer)
  local keys = { K = vim.lsp.buf.hover, grn = vim.lsp.buf.rename, gra = vim.lsp.buf.code_action,
                 grr = vim.lsp.buf.references, grl = vim.lsp.codelens.run }
  for key, what in pairs(keys) do
    if vim.fn.maparg(key, 'n') == '' then
      vim.keymap.set('n', key, function() what() end, { buffer = buffer })
    end
  end
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'BufWritePost' }, {
    buffer = buffer, callback = function() vim.lsp.codelens.refresh() end })
  vim.lsp.codelens.refresh()
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'TextChanged' }, {
    buffer = buffer, callback = function() hints(buffer, client) end })
  hints(buffer, client)
end

local capabilities = vim.lsp.protocol.make_client_capabilities()
capabilities.workspace.inlayHint = { refreshSupport = true }
local config = { name = 'gd', cmd = { 'gd', 'lsp' }, root_dir = vim.fn.getcwd(),
                 capabilities = capabilities, on_attach = attached,
                 handlers = { ['window/showMessage'] = tell } }
if draws then config.handlers['workspace/inlayHint/refresh'] = refresh end
if vim.lsp.start then
  vim.lsp.start(config)
else -- before 0.8
  gd_client = gd_client or vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(0, gd_client)
end
if not draws then pcall(vim.lsp.inlay_hint.enable, true) end
