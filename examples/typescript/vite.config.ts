import { defineConfig } from "vite";

// Of the environment the page is given the marketplace's address alone, and never a key.
export default defineConfig({ envPrefix: "MARKETPLACE_URL" });
