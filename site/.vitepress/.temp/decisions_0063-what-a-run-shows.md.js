import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0063 A run without a pool is reported beside its budget","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0063-what-a-run-shows.md","filePath":"decisions/0063-what-a-run-shows.md"}',
);
const _sfc_main = { name: "decisions/0063-what-a-run-shows.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0063-a-run-without-a-pool-is-reported-beside-its-budget" tabindex="-1">0063 A run without a pool is reported beside its budget <a class="header-anchor" href="#_0063-a-run-without-a-pool-is-reported-beside-its-budget" aria-label="Permalink to &quot;0063 A run without a pool is reported beside its budget&quot;">​</a></h1><p><strong>Context.</strong> A run without <code>--pool</code> has a budget in memory, which no store can keep from it: it works offline, on a full disk, and on a runtime without SQLite. But it was invisible to <code>status</code>, to <code>history</code> and to the command itself.</p><p><strong>Decision.</strong> The budget stays in memory. What it spends is written beside, with the user&#39;s store, below the pool <code>runs</code>, from the first call on; a store that fails is passed over and never refuses a call. The command reads the path of its pool in <code>TOKEN_BUDGET_POOL</code>, and the figures at <code>TOKEN_BUDGET_URL</code>, an address of the proxy that needs the key of the run. Warnings and hooks look at the figures after a call was settled; no call waits for them. A hook has a process group of its own, which is killed after ten seconds.</p><p><strong>Consequence.</strong> The pools below <code>runs</code> are a report, not a budget: what is not written there was spent all the same. A run without calls leaves nothing there. Its end waits up to two seconds for the store, and up to ten for a hook.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0063-what-a-run-shows.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0063WhatARunShows = /* @__PURE__ */ _export_sfc(_sfc_main, [["ssrRender", _sfc_ssrRender]]);
export { __pageData, _0063WhatARunShows as default };
