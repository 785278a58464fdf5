import type { HubOptions } from "@coinholder/hub";
