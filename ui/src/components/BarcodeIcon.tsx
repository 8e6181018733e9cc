// A barcode in a viewfinder: the scanner. Aksel has none.
export function BarcodeIcon() {
  return (
    <svg className="barcode-icon" viewBox="0 0 24 24" width="1em" height="1em" fill="none" aria-hidden="true">
      <path d="M3 8V5a2 2 0 0 1 2-2h3M16 3h3a2 2 0 0 1 2 2v3M21 16v3a2 2 0 0 1-2 2h-3M8 21H5a2 2 0 0 1-2-2v-3" stroke="currentColor" strokeWidth="1.8" />
      <path d="M7.5 8v8M10.5 8v8M16.5 8v8" stroke="currentColor" strokeWidth="1.6" />
      <path d="M13.5 8v8" stroke="currentColor" strokeWidth="2.2" />
    </svg>
  );
}
