import { photoStoreContract } from "./photo-store.contract.ts";
import { createMemoryPhotoStore } from "./support/memory-photo-store.ts";

photoStoreContract("The memory store", async (now) => ({
  store: createMemoryPhotoStore(now),
  close: async () => {},
}));
