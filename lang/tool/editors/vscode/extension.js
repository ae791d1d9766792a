// extension.js — Visual Studio Code's client of `gd lsp`, without packages and without a build.
//
// A Client is the process and the messages on its pipes; PROVIDERS says for each ability of the
// editor what is asked of the server and what becomes of the answer.  Lenses are the server's
// commands: the file is saved first, since what runs is the file, and what it prints is shown in
// the channel `gd`.
'use strict';
const vscode = require('vscode');
const { spawn } = require('child_process');

const COMMANDS = ['gd.run', 'gd.train', 'gd.test', 'gd.check', 'gd.checkGradient', 'gd.stop'];
const SELECTOR = { language: 'gd' };

// ---- the protocol's values as the editor's ----

const position = p => new vscode.Position(p.line, p.character);
const range = r => new vscode.Range(position(r.start), position(r.end));
const location = l => new vscode.Location(vscode.Uri.parse(l.uri), range(l.range));
const edits = list => (list || []).map(e => new vscode.TextEdit(range(e.range), e.newText));
const each = (list, make) => (list || []).map(make);

function workspaceEdit(given) {
  const edit = new vscode.WorkspaceEdit();
  for (const [uri, list] of Object.entries(given.changes || {})) {
    edit.set(vscode.Uri.parse(uri), edits(list));
  }
  return edit;
}

function diagnostic(d) {
  const made = new vscode.Diagnostic(range(d.range), d.message, d.severity - 1);
  made.source = d.source;
  made.relatedInformation = each(d.relatedInformation,
    r => new vscode.DiagnosticRelatedInformation(location(r.location), r.message));
  return made;
}

function completion(item) {
  const made = new vscode.CompletionItem(item.label, (item.kind || 1) - 1);
  made.detail = item.detail;
  if (item.textEdit) {
    made.range = range(item.textEdit.range);
    made.insertText = item.textEdit.newText;
  }
  return made;
}

function signature(help) {
  const made = new vscode.SignatureHelp();
  made.activeSignature = help.activeSignature;
  made.activeParameter = help.activeParameter;
  made.signatures = help.signatures.map(s => {
    const one = new vscode.SignatureInformation(s.label);
    one.parameters = s.parameters.map(p => new vscode.ParameterInformation(p.label));
    return one;
  });
  return made;
}

function symbol(s) {
  const made = new vscode.DocumentSymbol(s.name, '', s.kind - 1, range(s.range),
    range(s.selectionRange));
  made.children = each(s.children, symbol);
  return made;
}

function action(a) {
  const made = new vscode.CodeAction(a.title, vscode.CodeActionKind.QuickFix);
  if (a.edit) made.edit = workspaceEdit(a.edit);
  if (a.command) made.command = a.command;
  made.isPreferred = a.isPreferred;
  return made;
}

// ---- the server ----

class Client {
  constructor(channel, diagnostics) {
    this.channel = channel;
    this.diagnostics = diagnostics;
    this.hints = new vscode.EventEmitter();
    this.waiting = new Map();
    this.asked = 0;
    this.bytes = Buffer.alloc(0);
  }

  async start() {
    const path = vscode.workspace.getConfiguration('gd').get('path') || 'gd';
    this.process = spawn(path, ['lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.on('error', error => this.ended(`${path} cannot be started: ${error.message}`));
    this.process.on('exit', () => this.ended('gd lsp has ended'));
    this.process.stdin.on('error', () => {});
    this.process.stdout.on('data', bytes => this.take(bytes));
    const folders = vscode.workspace.workspaceFolders;
    const answer = await this.ask('initialize', {
      processId: process.pid,
      rootUri: folders && folders.length ? folders[0].uri.toString() : null,
      capabilities: { workspace: { inlayHint: { refreshSupport: true } } }
    });
    this.tell('initialized', {});
    return answer.capabilities;
  }

  ended(why) {
    if (this.over) return;
    this.over = true;
    for (const { fail } of this.waiting.values()) fail(new Error(why));
    this.waiting.clear();
    if (!this.stopping) vscode.window.showErrorMessage(`${why} (gd.path names the program)`);
  }

  async stop() {
    this.stopping = true;
    if (this.over) return;
    await this.ask('shutdown', null).catch(() => {});
    this.tell('exit', null);
  }

  send(message) {
    if (this.over) return;
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin.write(body);
  }

  tell(method, params) { this.send({ method, params }); }

  ask(method, params) {
    if (this.over) return Promise.reject(new Error('gd lsp has ended'));
    const id = ++this.asked;
    this.send({ id, method, params });
    return new Promise((done, fail) => this.waiting.set(id, { done, fail }));
  }

  take(bytes) {
    this.bytes = Buffer.concat([this.bytes, bytes]);
    for (;;) {
      const head = this.bytes.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(this.bytes.toString('latin1', 0, head))[1]);
      if (this.bytes.length < head + 4 + length) return;
      const body = this.bytes.toString('utf8', head + 4, head + 4 + length);
      this.bytes = this.bytes.subarray(head + 4 + length);
      this.hear(JSON.parse(body));
    }
  }

  hear(message) {
    if (message.method) {
      this.notice(message.method, message.params);
      if (message.id !== undefined) this.send({ id: message.id, result: null });
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (!waiting) return;
    if (message.error) waiting.fail(new Error(message.error.message));
    else waiting.done(message.result);
  }

  notice(method, params) {
    if (method === 'textDocument/publishDiagnostics') {
      this.diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(diagnostic));
    } else if (method === 'workspace/inlayHint/refresh') {
      this.hints.fire();
    } else if (method === 'window/logMessage') {
      this.channel.appendLine(params.message);
    } else if (method === 'window/showMessage') {
      const [first] = params.message.split('\n');
      this.channel.appendLine(first);
      if (params.type === 1) vscode.window.showErrorMessage(first);
      else if (params.type === 2) vscode.window.showWarningMessage(first);
      else vscode.window.showInformationMessage(first);
    }
  }
}

// ---- who asks what ----

// What the server has nothing to say to is null, which the editor takes; so is a refusal, but for
// renaming, where it is told.
function asker(client) {
  return async (method, document, more, make) => {
    const params = { textDocument: { uri: document.uri.toString() }, ...more };
    const answer = await client.ask(`textDocument/${method}`, params).catch(() => null);
    return answer === null ? null : make(answer);
  };
}

function providers(client, capabilities) {
  const ask = asker(client), languages = vscode.languages;
  const legend = capabilities.semanticTokensProvider.legend;
  return [
    languages.registerHoverProvider(SELECTOR, {
      provideHover: (d, p) => ask('hover', d, { position: p },
        h => new vscode.Hover(new vscode.MarkdownString(h.contents.value), range(h.range)))
    }),
    languages.registerCompletionItemProvider(SELECTOR, {
      provideCompletionItems: (d, p) => ask('completion', d, { position: p },
        c => new vscode.CompletionList(c.items.map(completion), c.isIncomplete))
    }, '.'),
    languages.registerSignatureHelpProvider(SELECTOR, {
      provideSignatureHelp: (d, p) => ask('signatureHelp', d, { position: p }, signature)
    }, '(', ','),
    languages.registerDefinitionProvider(SELECTOR, {
      provideDefinition: (d, p) => ask('definition', d, { position: p }, location)
    }),
    languages.registerReferenceProvider(SELECTOR, {
      provideReferences: (d, p, context) => ask('references', d, { position: p, context },
        list => list.map(location))
    }),
    languages.registerDocumentHighlightProvider(SELECTOR, {
      provideDocumentHighlights: (d, p) => ask('documentHighlight', d, { position: p },
        list => list.map(h => new vscode.DocumentHighlight(range(h.range), h.kind - 1)))
    }),
    languages.registerRenameProvider(SELECTOR, {
      prepareRename: (d, p) => ask('prepareRename', d, { position: p }, range).then(
        found => found || Promise.reject(new Error('there is no name of this text at this position'))),
      provideRenameEdits: (d, p, newName) => client.ask('textDocument/rename',
        { textDocument: { uri: d.uri.toString() }, position: p, newName }).then(workspaceEdit)
    }),
    languages.registerDocumentSymbolProvider(SELECTOR, {
      provideDocumentSymbols: d => ask('documentSymbol', d, {}, list => list.map(symbol))
    }),
    languages.registerWorkspaceSymbolProvider({
      provideWorkspaceSymbols: query => client.ask('workspace/symbol', { query }).then(
        list => list.map(s => new vscode.SymbolInformation(s.name, s.kind - 1, '',
          location(s.location))))
    }),
    languages.registerFoldingRangeProvider(SELECTOR, {
      provideFoldingRanges: d => ask('foldingRange', d, {},
        list => list.map(f => new vscode.FoldingRange(f.startLine, f.endLine)))
    }),
    languages.registerDocumentFormattingEditProvider(SELECTOR, {
      provideDocumentFormattingEdits: d => ask('formatting', d, {}, edits)
    }),
    languages.registerDocumentSemanticTokensProvider(SELECTOR, {
      provideDocumentSemanticTokens: d => ask('semanticTokens/full', d, {},
        t => new vscode.SemanticTokens(Uint32Array.from(t.data)))
    }, new vscode.SemanticTokensLegend(legend.tokenTypes, legend.tokenModifiers)),
    languages.registerInlayHintsProvider(SELECTOR, {
      onDidChangeInlayHints: client.hints.event,
      provideInlayHints: (d, r) => ask('inlayHint', d, { range: r }, list => list.map(
        h => new vscode.InlayHint(position(h.position), h.label, h.kind)))
    }),
    languages.registerCodeActionsProvider(SELECTOR, {
      provideCodeActions: (d, r) => ask('codeAction', d, { range: r, context: { diagnostics: [] } },
        list => list.map(action))
    }),
    languages.registerCodeLensProvider(SELECTOR, {
      provideCodeLenses: d => ask('codeLens', d, {},
        list => list.map(l => new vscode.CodeLens(range(l.range), l.command)))
    })
  ];
}

// ---- documents and commands ----

function documents(client) {
  const ours = document => document.languageId === 'gd';
  const open = d => ours(d) && client.tell('textDocument/didOpen', { textDocument: {
    uri: d.uri.toString(), languageId: 'gd', version: d.version, text: d.getText() } });
  vscode.workspace.textDocuments.forEach(open);
  const named = d => ({ uri: d.uri.toString() });
  return [
    vscode.workspace.onDidOpenTextDocument(open),
    vscode.workspace.onDidChangeTextDocument(({ document: d, contentChanges }) => {
      if (!ours(d) || !contentChanges.length) return;
      client.tell('textDocument/didChange', {
        textDocument: { ...named(d), version: d.version },
        contentChanges: contentChanges.map(c => ({ range: c.range, text: c.text }))
      });
    }),
    vscode.workspace.onDidSaveTextDocument(
      d => ours(d) && client.tell('textDocument/didSave', { textDocument: named(d) })),
    vscode.workspace.onDidCloseTextDocument(
      d => ours(d) && client.tell('textDocument/didClose', { textDocument: named(d) }))
  ];
}

// From a lens with the document and what it is about; from the palette for the editor in front.
async function execute(client, command, uri, about) {
  const editor = vscode.window.activeTextEditor;
  const document = uri ? vscode.workspace.textDocuments.find(d => d.uri.toString() === uri)
    : editor && editor.document;
  if (!document) return;
  const runs = command !== 'gd.checkGradient' && command !== 'gd.stop';
  if (runs && document.isDirty) await document.save();
  if (runs) client.channel.show(true);
  const line = editor ? String(editor.selection.active.line + 1) : '';
  await client.ask('workspace/executeCommand', {
    command,
    arguments: [document.uri.toString(), about || (command === 'gd.train' ? line : '')]
  });
}

let client;

async function activate(context) {
  const channel = vscode.window.createOutputChannel('gd');
  const diagnostics = vscode.languages.createDiagnosticCollection('gd');
  client = new Client(channel, diagnostics);
  context.subscriptions.push(channel, diagnostics);
  for (const command of COMMANDS) {
    context.subscriptions.push(vscode.commands.registerCommand(command,
      (uri, about) => execute(client, command, uri, about)));
  }
  context.subscriptions.push(vscode.commands.registerCommand('gd.explain',
    text => vscode.window.showInformationMessage(text)));
  const capabilities = await client.start();
  context.subscriptions.push(...providers(client, capabilities), ...documents(client));
}

function deactivate() { return client && client.stop(); }

module.exports = { activate, deactivate };
