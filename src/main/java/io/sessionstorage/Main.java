package io.sessionstorage;

import io.sessionstorage.function.FunctionCommand;
import io.sessionstorage.function.TrainCommand;
import io.sessionstorage.provider.ProviderCommand;
import io.sessionstorage.render.RenderCommand;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ScopeType;

/** The command line. */
@Command(
    name = "session-storage",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Session storage for ToolHive's MCP servers, as a Crossplane composition function and provider.",
    subcommands = {
      FunctionCommand.class,
      ProviderCommand.class,
      RenderCommand.class,
      TrainCommand.class
    })
public final class Main {
  private Main() {}

  /** Runs the command that {@code args} name and exits with its code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionExceptionHandler(
            (exception, line, parsed) -> {
              line.getErr().println("session-storage: " + message(exception));
              return 1;
            });
  }

  private static String message(Exception exception) {
    return Objects.requireNonNullElse(exception.getMessage(), exception.getClass().getSimpleName());
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {
        "session-storage "
            + Objects.requireNonNullElse(
                Main.class.getPackage().getImplementationVersion(), "development")
      };
    }
  }
}
