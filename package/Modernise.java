import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar that was compiled for a Java before 6 as one for the Java that runs this. Nothing else changes. The JVM checks
 * classes that old in another, slower way, and takes none of them into an AOT cache.
 *
 * <pre>java package/Modernise.java JAR COPY</pre>
 */
final class Modernise {
  private static final int MAJOR_VERSION_OFFSET = 7; // JVM specification, section 4.1

  private static final ClassTransform NEW_VERSION =
      (to, element) -> {
        if (element instanceof ClassFileVersion) {
          to.withVersion(ClassFile.latestMajorVersion(), 0);
        } else {
          to.with(element);
        }
      };

  private static final ClassTransform WITH_STACK_MAPS =
      ClassTransform.transformingMethodBodies((to, element) -> to.with(element));

  private Modernise() {}

  public static void main(String[] arguments) throws IOException {
    try (ZipFile jar = new ZipFile(arguments[0]);
        ZipOutputStream copy = new ZipOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
      ClassHierarchyResolver classes =
          ClassHierarchyResolver.ofResourceParsing(
                  type -> {
                    String name = type.descriptorString();
                    ZipEntry entry = jar.getEntry(name.substring(1, name.length() - 1) + ".class");
                    try {
                      return entry == null ? null : jar.getInputStream(entry);
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  })
              .orElse(ClassHierarchyResolver.defaultResolver());
      ClassFile classFile =
          ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(classes));
      for (ZipEntry entry : jar.stream().toList()) {
        byte[] bytes = jar.getInputStream(entry).readAllBytes();
        boolean old = entry.getName().endsWith(".class") && bytes[MAJOR_VERSION_OFFSET] < ClassFile.JAVA_6_VERSION;
        ZipEntry same = new ZipEntry(entry.getName());
        same.setTimeLocal(entry.getTimeLocal());
        copy.putNextEntry(same);
        copy.write(
            old ? classFile.transformClass(classFile.parse(bytes), NEW_VERSION.andThen(WITH_STACK_MAPS)) : bytes);
      }
    }
  }
}
