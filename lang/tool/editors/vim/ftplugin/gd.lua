-- Neovim: `gd lsp` for each buffer of gd, with hints where this version can draw them.
if vim.fn.executable('gd') == 0 or not vim.lsp then return end
local config = { name = 'gd', cmd = { 'gd', 'lsp' }, root_dir = vim.fn.getcwd() }
if vim.lsp.start then
  vim.lsp.start(config)
else -- before 0.8
  gd_client = gd_client or vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(0, gd_client)
end
if vim.lsp.inlay_hint and vim.lsp.inlay_hint.enable then pcall(vim.lsp.inlay_hint.enable, true) end
