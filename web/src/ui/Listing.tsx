import { SearchX } from "lucide-react";
import type { ReactNode } from "react";
import { useTexts } from "@/i18n";
import { Banner } from "./Banner";
import { Button } from "./Button";
import { EmptyState } from "./EmptyState";
import { Card, Rows } from "./Page";
import { Loading } from "./Spinner";
import { uiTexts } from "./texts";

export interface ListingProps<Item> {
  /** Of `usePages`. */
  pages: {
    items: readonly Item[];
    error: object | null;
    isLoading: boolean;
    hasMore: boolean;
    loadMore: () => void;
    reload: () => void;
  };
  /** What is said where there is nothing. */
  empty?: ReactNode;
  children: (item: Item) => ReactNode;
}

/** A keyset list in all its states. */
export function Listing<Item>({ pages, empty, children }: ListingProps<Item>) {
  const t = useTexts(uiTexts);
  const { items, isLoading, error, hasMore, loadMore, reload } = pages;
  return (
    <>
      {error !== null && (
        <Banner tone="warn" round role="alert" action={<Button onClick={reload}>{t("retry")}</Button>}>
          {t("failed")}
        </Banner>
      )}
      {isLoading && items.length === 0 && <Loading text={t("loading")} />}
      {!isLoading && error === null && items.length === 0 && (empty ?? <EmptyState icon={<SearchX size={28} />} title={t("none")} />)}
      {items.length > 0 && (
        <Card flush>
          <Rows>{items.map(children)}</Rows>
        </Card>
      )}
      {hasMore && (
        <div>
          <Button busy={isLoading} onClick={loadMore}>
            {t("more")}
          </Button>
        </div>
      )}
    </>
  );
}
