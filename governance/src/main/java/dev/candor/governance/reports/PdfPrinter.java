package dev.candor.governance.reports;

import com.openhtmltopdf.outputdevice.helper.BaseRendererBuilder.FontStyle;
import com.openhtmltopdf.pdfboxout.PdfBoxRenderer;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder;
import com.openhtmltopdf.pdfboxout.PdfRendererBuilder.PdfAConformance;
import com.openhtmltopdf.util.XRLog;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Objects;
import java.util.TimeZone;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDDocumentInformation;

/**
 * Prints documents as PDF. It fetches nothing: a document names no other. It is the one class that
 * loads the printer, which is large, so it is used only where a PDF is wanted.
 */
final class PdfPrinter {

  /** What the font is called in style sheets; it has Latin, Greek and Cyrillic letters. */
  private static final String FONT = "Candor Sans";

  private static final String FONT_FILE =
      "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

  private PdfPrinter() {}

  /**
   * The document as PDF.
   *
   * @param document for {@link Medium#PAPER}
   * @param title for its properties
   * @param made what it says it was made
   */
  static byte[] print(String document, String title, Instant made) {
    XRLog.setLoggingEnabled(false);
    PdfRendererBuilder builder = new PdfRendererBuilder();
    builder.useFastMode();
    // All that a page needs is in the file. Without this the printer would also look for the fonts
    // of
    // the system, and leave a list of them in the user's home.
    builder.usePdfAConformance(PdfAConformance.PDFA_2_U);
    builder.useColorProfile(ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData());
    builder.useFont(PdfPrinter::font, FONT, 400, FontStyle.NORMAL, true);
    builder.useUriResolver((_, _) -> null);
    builder.withHtmlContent(document, null);
    builder.withProducer("Candor");
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 17);
    try (PdfBoxRenderer renderer = builder.buildPdfRenderer()) {
      renderer.layout();
      renderer.createPDFWithoutClosing();
      PDDocument pdf = renderer.getPdfDocument();
      PDDocumentInformation information = pdf.getDocumentInformation();
      Calendar day = GregorianCalendar.from(made.atZone(ZoneOffset.UTC));
      day.setTimeZone(TimeZone.getTimeZone("UTC"));
      information.setTitle(title);
      information.setCreationDate(day);
      information.setModificationDate(day);
      // Otherwise its id would be another each time.
      pdf.setDocumentId(made.toEpochMilli());
      pdf.save(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream font() {
    return Objects.requireNonNull(
        PDDocument.class.getResourceAsStream(FONT_FILE), "the font of PDFBox is missing");
  }
}
