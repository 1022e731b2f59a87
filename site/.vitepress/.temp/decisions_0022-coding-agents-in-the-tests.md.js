import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0022 Coding agents in the tests","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0022-coding-agents-in-the-tests.md","filePath":"decisions/0022-coding-agents-in-the-tests.md"}',
);
const _sfc_main = { name: "decisions/0022-coding-agents-in-the-tests.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0022-coding-agents-in-the-tests" tabindex="-1">0022 Coding agents in the tests <a class="header-anchor" href="#_0022-coding-agents-in-the-tests" aria-label="Permalink to &quot;0022 Coding agents in the tests&quot;">​</a></h1><p><strong>Context.</strong> What agents do with a refusal differs with each of their versions, and is what <code>run</code> is for. They take up 1.2 GB, and none of it matters for work on the rules.</p><p><strong>Decision.</strong> They have a folder of their own, <code>test/agents</code>, with exact versions of four agents and no lockfile, installed by <code>npm run test:agents</code> and by CI, never by <code>npm ci</code>. A simulated provider has each call a tool without end; its own bill is what the books are compared with.</p><p><strong>Consequence.</strong> A new version of an agent is tried by changing one line. Below the agents, versions of their own dependencies may differ from run to run.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0022-coding-agents-in-the-tests.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0022CodingAgentsInTheTests = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0022CodingAgentsInTheTests as default };
