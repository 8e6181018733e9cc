// Favourites: one's own and the office's, with a star for each.
import { StarFillIcon, StarIcon, XMarkIcon } from "@navikt/aksel-icons";
import { useTell } from "../../../frame/toasts";
import { useNavigation } from "../../../frame/navigation";
import { useBackend } from "../../../ipc/backend";
import { asFailure } from "../../../ipc/failure";
import type { FavouriteView, Whose } from "../../../ipc/model";
import { useTexts } from "../../../texts";

export function Favourites({ favourites, person }: { favourites: readonly FavouriteView[]; person: string | null }) {
  const t = useTexts();
  const tell = useTell();
  const backend = useBackend();
  const { go } = useNavigation();
  const set = async (one: FavouriteView, whose: Whose, favourite: boolean) => {
    try {
      await backend.setFavourite(one.provider, one.service, whose, favourite);
    } catch (thrown) {
      tell.fail(asFailure(thrown));
    }
  };
  const star = (one: FavouriteView, whose: "mine" | "shared", label: string) => (
    <button type="button" className="icon-button" aria-pressed={one[whose]} disabled={whose === "mine" && !person} onClick={() => void set(one, whose, !one[whose])}>
      {one[whose] ? <StarFillIcon title={label} /> : <StarIcon title={label} />}
    </button>
  );
  return (
    <section className="page__section" aria-labelledby="favourites-title">
      <h2 className="t16" id="favourites-title">
        {t.panels.favourites}
      </h2>
      {favourites.length === 0 ? (
        <p className="muted">{t.panels.noFavourites}</p>
      ) : (
        <table className="panels__table">
          <thead className="t14">
            <tr>
              <th scope="col">{t.guide.name}</th>
              <th scope="col" className="panels__star">
                {t.panels.columnMine}
              </th>
              <th scope="col" className="panels__star">
                {t.panels.columnShared}
              </th>
            </tr>
          </thead>
          <tbody>
            {favourites.map((one) => (
              <tr key={`${one.provider} ${one.service}`} data-favourite={one.service}>
                <td>
                  <button type="button" className="link-button" onClick={() => go({ screen: "catalogue", service: { provider: one.provider, service: one.service } })}>
                    {one.name}
                  </button>{" "}
                  <span className="t13 muted">{one.provider_name}</span>
                  {one.standing.standing !== "offered" && <p className="t14 strong">{t.panels.standing[one.standing.standing]}</p>}
                  {one.left_behind && (
                    <p className="t14">
                      {t.panels.leftBehind}{" "}
                      <button type="button" className="icon-button" onClick={() => void set(one, "left_behind", false)}>
                        <XMarkIcon title={t.panels.dropFavourite(one.name)} />
                      </button>
                    </p>
                  )}
                </td>
                <td>{star(one, "mine", t.panels.favouriteMine(one.name))}</td>
                <td>{star(one, "shared", t.panels.favouriteShared(one.name))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
