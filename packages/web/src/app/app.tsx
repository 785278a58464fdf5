import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation } from "preact-iso";
import { publicHub, reachHub, unreached } from "../hub/current.ts";
import Begin from "../session/begin.tsx";
import { current, ended } from "../session/current.ts";
import { Ended } from "../session/ended.tsx";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import Home from "./home.tsx";
import { paths } from "./paths.ts";
import { sections } from "./sections.ts";
import { Shell } from "./shell.tsx";

// The page's own paths; all else (/api/docs, /proof) is the hub's, and links to it leave the page.
const OWN = /^\/(?!(?:api|code|proof)(?:\/|$|[?#])|identity\.js)/;

const pages = {
  // Loaded with the page: it is what most people see first.
  begin: Begin,
  wallet: lazy(() => import("../wallet/page.tsx")),
  till: lazy(() => import("../till/page.tsx")),
  nearby: lazy(() => import("../nearby/page.tsx")),
  market: lazy(() => import("../market/page.tsx")),
  proof: lazy(() => import("../proof/page.tsx")),
  keys: lazy(() => import("../session/keys-page.tsx")),
  recovery: lazy(() => import("../session/recovery-page.tsx")),
  operator: lazy(() => import("../operator/page.tsx")),
  settings: lazy(() => import("./settings-page.tsx")),
};

/** A section's page, for those whom it is of use to. */
const guarded = (section: keyof typeof pages): (() => JSX.Element) => {
  const Content = pages[section];
  const row = sections.find((one) => one.section === section);
  return () => {
    if (row?.needsAccount && current.value === undefined)
      return (
        <Page title={t.app.sections[section]} width="narrow">
          <Empty icon="keys" title={t.session.needsAccount}>
            <LinkButton kind="main" href={paths.begin}>
              {t.app.sections.begin}
            </LinkButton>
          </Empty>
        </Page>
      );
    if (row?.needsAccount && !row.shown())
      return (
        <Page title={t.app.sections[section]} width="narrow">
          <Empty icon="keys" title={t.session.notAllowed} hint={t.session.notAllowedHint} />
        </Page>
      );
    // Another account begins with everything fresh.
    return <Content key={current.value?.token ?? ""} />;
  };
};

const routes = (Object.keys(pages) as (keyof typeof pages)[]).map((section) => ({
  section,
  path: paths[section],
  component: guarded(section),
}));

const NotFound = (): JSX.Element => (
  <Page title={t.app.notFound} width="narrow">
    <Empty icon="search" title={t.app.notFoundHint}>
      <LinkButton href={paths.home}>{t.app.toHome}</LinkButton>
    </Empty>
  </Page>
);

const Broken = ({ error }: { readonly error: Error }): JSX.Element => (
  <Page title={t.app.broken} width="narrow">
    <Empty icon="warning" title={t.app.brokenHint} hint={error.message}>
      <Button onClick={() => location.reload()}>{t.app.reload}</Button>
    </Empty>
  </Page>
);

/** The router takes the parts of a path apart and trusts them. */
const isDecodable = (path: string): boolean => {
  try {
    // Looked at, lest the build throws the call away.
    return decodeURIComponent(path).length > 0;
  } catch {
    return false;
  }
};

const Guard = ({ children }: { readonly children: ComponentChildren }): JSX.Element => {
  const { path } = useLocation();
  const [broken, setBroken] = useState<{ readonly error: Error; readonly path: string }>();
  if (!isDecodable(path)) return <NotFound />;
  if (ended.value !== undefined && current.value !== undefined && path !== paths.begin) return <Ended />;
  if (broken && broken.path === path) return <Broken error={broken.error} />;
  return (
    <ErrorBoundary
      onError={(error) => {
        console.error(error);
        setBroken({ error, path });
      }}
    >
      {children}
    </ErrorBoundary>
  );
};

const AGAIN_MS = 3_000;

/** The hub did not answer when the page was opened: it is asked again until it does. */
const Unreached = (): JSX.Element => {
  useEffect(() => {
    const timer = setInterval(() => void reachHub(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Page title={t.app.unreachedTitle} width="narrow">
      <ErrorNote error={unreached.value} onRetry={() => void reachHub()} />
      <p>{t.app.unreachedHint}</p>
    </Page>
  );
};

const Content = (): JSX.Element => {
  if (!window.isSecureContext)
    return (
      <Page title={t.app.insecureTitle} width="narrow">
        <Empty icon="warning" title={t.app.insecureHint} />
      </Page>
    );
  if (publicHub.value === undefined) return unreached.value === undefined ? <Loading /> : <Unreached />;
  return (
    <Guard>
      <Router>
        <Route path={paths.home} component={Home} />
        {routes.map(({ section, path, component }) => (
          <Route key={section} path={`${path}/:view*`} component={component} />
        ))}
        <Route default component={NotFound} />
      </Router>
    </Guard>
  );
};

export const App = (): JSX.Element => (
  <LocationProvider scope={OWN}>
    <Shell>
      <Content />
    </Shell>
  </LocationProvider>
);
