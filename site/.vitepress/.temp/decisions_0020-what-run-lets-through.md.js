import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0020 What run allows","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0020-what-run-lets-through.md","filePath":"decisions/0020-what-run-lets-through.md"}',
);
const _sfc_main = { name: "decisions/0020-what-run-lets-through.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0020-what-run-allows" tabindex="-1">0020 What <code>run</code> allows <a class="header-anchor" href="#_0020-what-run-allows" aria-label="Permalink to &quot;0020 What \`run\` allows&quot;">​</a></h1><p><strong>Context.</strong> Coding agents offer tools that the provider runs, such as web search, with every call. What those read is input without a bound before the call, short of the context window: $10 for one call of Codex with a model of a million tokens. Refusing such calls makes <code>token-budget run --usd 5 -- codex</code> useless; holding a window makes $5 too little for one.</p><p><strong>Decision.</strong> <code>meteredFetch</code> refuses them by default. <code>run</code> holds what the request itself shows, and books what the tools have read as overage, after which everything is refused; <code>--strict</code> refuses such calls. Everything else that cannot be read is refused in both.</p><p><strong>Consequence.</strong> With such tools the cap of a run can be passed by what they read in one call, and by nothing else. The guide says so where it says what <code>run</code> does.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0020-what-run-lets-through.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0020WhatRunLetsThrough = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0020WhatRunLetsThrough as default };
