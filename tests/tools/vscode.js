// vscode.js GD EXTENSION — the extension's client of `gd lsp` in an editor that is none: a stand-in
// for the module `vscode` records what is registered and shown.  What the abilities of the editor
// ask for comes from the real server.
'use strict';
const fs = require('fs'), os = require('os'), path = require('path'), Module = require('module');
const [gd, extension] = process.argv.slice(2).map(p => path.resolve(p));

const shown = [], lines = [], registered = {}, commands = {}, events = {};
const made = name => class { constructor(...given) { Object.assign(this, { name, given }); } };
const event = name => listener => ((events[name] = listener), { dispose() {} });
const vscode = new Proxy({
  Position: class { constructor(line, character) { Object.assign(this, { line, character }); } },
  Range: class { constructor(start, end) { Object.assign(this, { start, end }); } },
  WorkspaceEdit: class { set(uri, edits) { (this.all = this.all || []).push([uri, edits]); } },
  EventEmitter: class { fire() { this.fired = true; } },
  Uri: { parse: uri => ({ toString: () => uri }) },
  CodeActionKind: { QuickFix: 'quickfix' },
  languages: new Proxy({
    createDiagnosticCollection: () => ({ set: (uri, list) => events.diagnostics(list) })
  }, { get: (known, name) => known[name] || ((...given) => {
    registered[name] = given.find(g => typeof g === 'object' && g !== given[0]) || given[0];
    return { dispose() {} };
  }) }),
  commands: { registerCommand: (name, run) => (commands[name] = run, { dispose() {} }) },
  window: {
    createOutputChannel: () => ({ appendLine: line => lines.push(line), show() {} }),
    showInformationMessage: text => shown.push(text), showErrorMessage: text => shown.push(text),
    showWarningMessage: text => shown.push(text)
  },
  workspace: {
    getConfiguration: () => ({ get: () => gd }), textDocuments: [],
    onDidOpenTextDocument: event('open'), onDidChangeTextDocument: event('change'),
    onDidSaveTextDocument: event('save'), onDidCloseTextDocument: event('close')
  }
}, { get: (known, name) => known[name] || (known[name] = made(name)) });
const load = Module._load;
Module._load = (name, ...rest) => name === 'vscode' ? vscode : load(name, ...rest);

let failed = false;
function want(what, value, text) {
  const found = JSON.stringify(value) || '';
  if (!found.includes(text)) {
    failed = true;
    console.log(`FAIL vscode: ${what}: no ${text} in ${found.slice(0, 600)}`);
  }
}
const until = async what => {
  for (let i = 0; i < 2000 && !what(); i++) await new Promise(done => setTimeout(done, 5));
};

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gd-vscode-'));
  const file = path.join(folder, 'a.gd');
  const text = 'let net = chain(Dense(2, 3), tanh)\nlet out = net(ones(4, 2))\n' +
    'loss bowl(p) = sum(p^2)\nprint(relux(out))\nfn inner(a) {\n  a\n}\n';
  fs.writeFileSync(file, text);
  const document = { languageId: 'gd', version: 1, uri: { toString: () => `file://${file}` },
    getText: () => text, isDirty: false };
  vscode.workspace.textDocuments.push(document);
  let mistakes;
  events.diagnostics = list => (mistakes = list);
  const { activate, deactivate } = require(path.join(extension, 'extension.js'));
  await activate({ subscriptions: [] });
  await until(() => mistakes);
  want('mistakes', mistakes, 'did you mean `relu`?');
  const at = (line, character) => new vscode.Position(line, character);
  const here = new vscode.Range(at(3, 6), at(3, 7));
  want('action', await registered.registerCodeActionsProvider.provideCodeActions(document, here),
    'replace by `relu`');
  mistakes = null;
  document.version = 2;
  events.change({ document, contentChanges: [
    { range: new vscode.Range(at(3, 6), at(3, 11)), text: 'relu' }] });
  await until(() => mistakes);
  want('mended', mistakes, '[]');
  const p = registered;
  want('hover', await p.registerHoverProvider.provideHover(document, at(2, 6)), '2 * p');
  want('hints', await p.registerInlayHintsProvider.provideInlayHints(document,
    new vscode.Range(at(0, 0), at(9, 0))), 'f32[4, 3]');
  want('completion', await p.registerCompletionItemProvider.provideCompletionItems(document,
    at(3, 9)), 'relu');
  want('signature', await p.registerSignatureHelpProvider.provideSignatureHelp(document,
    at(0, 23)), 'Dense(inputs');
  want('definition', await p.registerDefinitionProvider.provideDefinition(document, at(1, 11)),
    '"line":0');
  want('references', await p.registerReferenceProvider.provideReferences(document, at(0, 5),
    { includeDeclaration: true }), '"line":1');
  want('highlights', await p.registerDocumentHighlightProvider.provideDocumentHighlights(document,
    at(0, 5)), '"line":1');
  want('rename', await p.registerRenameProvider.provideRenameEdits(document, at(0, 5), 'model_'),
    'model_');
  want('symbols', await p.registerDocumentSymbolProvider.provideDocumentSymbols(document), 'inner');
  want('all symbols', await p.registerWorkspaceSymbolProvider.provideWorkspaceSymbols('bow'),
    'bowl');
  want('folds', await p.registerFoldingRangeProvider.provideFoldingRanges(document), '[4,');
  want('layout', await p.registerDocumentFormattingEditProvider
    .provideDocumentFormattingEdits(document), '[');
  want('colours', await p.registerDocumentSemanticTokensProvider
    .provideDocumentSemanticTokens(document), '"0":0');
  want('lenses', await p.registerCodeLensProvider.provideCodeLenses(document), 'gd.checkGradient');
  await commands['gd.checkGradient'](`file://${file}`, 'bowl');
  await until(() => shown.length);
  want('gradient', shown, 'agrees with central differences');
  fs.writeFileSync(file, text.replace('relux', 'relu'));
  await commands['gd.run'](`file://${file}`, '');
  await until(() => shown.length > 1);
  want('run', shown, 'a.gd: done');
  want('output', lines, '[[');
  await deactivate();
  fs.rmSync(folder, { recursive: true });
  process.exitCode = failed ? 1 : 0;
}
main().catch(error => { console.log('FAIL vscode:', error); process.exitCode = 1; });
