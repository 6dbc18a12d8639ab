import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import type { Pages } from "@/hooks";
import { useTexts } from "@/i18n";
import { Banner, Button, Card, EmptyState, Loading, Rows, uiTexts } from "@/ui";
import { adminTexts } from "./texts";

/** A keyset list in all its states. */
export function Listing<Item>({ pages, children }: { pages: Pages<Item>; children: (item: Item) => ReactNode }) {
  const t = useTexts(adminTexts);
  const ui = useTexts(uiTexts);
  const { items, isLoading, error, hasMore, loadMore, reload } = pages;
  return (
    <>
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{ui("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {isLoading && items.length === 0 && <Loading text={t("loading")} />}
      {!isLoading && error === null && items.length === 0 && <EmptyState icon={<SearchX size={28} />} title={t("none")} />}
      {items.length > 0 && (
        <Card flush>
          <Rows>{items.map(children)}</Rows>
        </Card>
      )}
      {hasMore && (
        <div>
          <Button busy={isLoading} onClick={loadMore}>
            {ui("more")}
          </Button>
        </div>
      )}
    </>
  );
}
