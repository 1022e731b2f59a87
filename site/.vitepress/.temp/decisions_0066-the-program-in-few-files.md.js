import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0066 The program is bundled into few files","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0066-the-program-in-few-files.md","filePath":"decisions/0066-the-program-in-few-files.md"}',
);
const _sfc_main = { name: "decisions/0066-the-program-in-few-files.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0066-the-program-is-bundled-into-few-files" tabindex="-1">0066 The program is bundled into few files <a class="header-anchor" href="#_0066-the-program-is-bundled-into-few-files" aria-label="Permalink to &quot;0066 The program is bundled into few files&quot;">​</a></h1><p><strong>Context.</strong> A status line is asked for every few seconds, and <code>status</code> was there after 2.6 times as long as Node.js takes for nothing, <code>run</code> after 6 times. Two thirds of it went into finding and compiling 80 and 247 files, and into what importing parts of Node.js brings along: an import of <code>node:http</code> loads a client for WebSockets, one of <code>node:fs</code> streams and <code>readline</code>.</p><p><strong>Decision.</strong> After the compiler, <code>scripts/bundle-program.ts</code> makes <code>dist/cli</code> anew with esbuild, which is there already: a file for what every command needs, one for what needs no more than a store, and one for each thing that few need. Parts of Node.js are taken with <code>process.getBuiltinModule</code>, which evaluates no more than is used; prices are read as JSON. The library stays file by file, for the reasons of <a href="./0006-no-bundler.html">0006</a>: no code imports the program.</p><p><strong>Consequence.</strong> <code>status</code> takes 1.7 times as long as Node.js for nothing, <code>run</code> 3.5 times (<a href="./../internals/benchmarks.html">benchmarks</a>). Stack traces of the program lead to <code>src</code> with <code>node --enable-source-maps</code>. A cache of compiled code in the state folder would take off another tenth of <code>run</code> and nothing of <code>status</code>; it would be code in a folder that what runs below <code>run</code> can write.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0066-the-program-in-few-files.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0066TheProgramInFewFiles = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0066TheProgramInFewFiles as default };
