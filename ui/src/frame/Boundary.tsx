// A fault in drawing must not leave a white window: what is saved is safe, and the screen can be drawn anew.
import { Button } from "@navikt/ds-react";
import { Component, type ReactNode } from "react";
import { ErrorNote } from "../components/ErrorNote";
import { useTexts } from "../texts";

type Props = { children: ReactNode; retry: string };

class Catcher extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="empty-state">
        <ErrorNote failure={{ code: "internal", params: {}, reference: "" }}>
          <Button size="small" variant="secondary" onClick={() => this.setState({ failed: false })}>
            {this.props.retry}
          </Button>
        </ErrorNote>
      </div>
    );
  }
}

export function Boundary({ children }: { children: ReactNode }) {
  const t = useTexts();
  return <Catcher retry={t.common.retry}>{children}</Catcher>;
}
