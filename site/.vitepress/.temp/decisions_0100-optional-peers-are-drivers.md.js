import { ssrRenderAttrs } from "vue/server-renderer";
import { useSSRContext } from "vue";
import { _ as _export_sfc } from "./plugin-vue_export-helper.1tPrXgE0.js";
const __pageData = JSON.parse(
  '{"title":"0100 Optional peers are drivers, and not SDKs","description":"","frontmatter":{},"headers":[],"relativePath":"decisions/0100-optional-peers-are-drivers.md","filePath":"decisions/0100-optional-peers-are-drivers.md"}',
);
const _sfc_main = { name: "decisions/0100-optional-peers-are-drivers.md" };
function _sfc_ssrRender(_ctx, _push, _parent, _attrs, $props, $setup, $data, $options) {
  _push(
    `<div${ssrRenderAttrs(_attrs)}><h1 id="_0100-optional-peers-are-drivers-and-not-sdks" tabindex="-1">0100 Optional peers are drivers, and not SDKs <a class="header-anchor" href="#_0100-optional-peers-are-drivers-and-not-sdks" aria-label="Permalink to &quot;0100 Optional peers are drivers, and not SDKs&quot;">​</a></h1><p><strong>Context.</strong> The package uses clients that you pass to it: ioredis, node-redis, pg, better-sqlite3, OpenTelemetry, and the SDKs of providers. It imports none of them. Without a declared range, a wrong major version shows only when the program runs. But npm also refuses to install a package if an optional peer that is present does not match.</p><p><strong>Decision.</strong> Drivers are optional peers, with wide ranges. SDKs of providers are not: <code>meteredFetch</code> works with every version of every SDK that takes a <code>fetch</code>, and a range for one of the middlewares would keep users of an older SDK from installing the package. The overview says which version a middleware needs.</p><p><strong>Consequence.</strong> <code>npm install token-budget</code> still installs nothing else. Someone with pg 7 is stopped at installation.</p></div>`,
  );
}
const _sfc_setup = _sfc_main.setup;
_sfc_main.setup = (props, ctx) => {
  const ssrContext = useSSRContext();
  (ssrContext.modules || (ssrContext.modules = /* @__PURE__ */ new Set())).add(
    "decisions/0100-optional-peers-are-drivers.md",
  );
  return _sfc_setup ? _sfc_setup(props, ctx) : void 0;
};
const _0100OptionalPeersAreDrivers = /* @__PURE__ */ _export_sfc(_sfc_main, [
  ["ssrRender", _sfc_ssrRender],
]);
export { __pageData, _0100OptionalPeersAreDrivers as default };
